import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';
import { promotionsOf } from '../../src/sandbox/promotions.ts';
import { json, pageBody, type Reply } from './upstream.ts';

export const RICH_PROMOTIONS = SANDBOX_CUSTOMERS.flatMap((each) => promotionsOf(each, 0, false).slice(0, 40)).map(
  ({ body }) => body,
);

/** Responds to each call with its window of a list of 1,000 promotions of all kinds. */
export const richPages: Reply = (call, response) => {
  const offset = Number(call.query.offset ?? 0);
  const page = pageBody(1000, offset, Number(call.query.limit ?? 10));
  const promotions = page.promotions.map((each, i) => ({
    ...RICH_PROMOTIONS[(offset + i) % RICH_PROMOTIONS.length],
    ...each,
  }));
  return json({ ...page, promotions })(call, response);
};
