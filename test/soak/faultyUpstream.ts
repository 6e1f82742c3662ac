import { sha256 } from '../support/credentials.ts';
import {
  cutOff,
  delayed,
  errorBody,
  json,
  pageBody,
  type Reply,
  reset,
  silent,
  startUpstream,
  type TestUpstream,
  text,
} from '../support/upstream.ts';

/** Everything that a response depends on: credentials, data scope and customer. */
export type Asker = {
  readonly authorization: string;
  readonly dataScope: string;
  readonly name: string;
  readonly value: string;
};

/** A REST `customerId` that is unique for these, so that a mixed-up response is noticed. */
export function customerIdFor({ authorization, dataScope, name, value }: Asker): number {
  const digest = sha256(`${authorization} ${dataScope} ${name} ${value}`);
  return Number.parseInt(digest.slice(0, 10), 16);
}

/** How many promotions this customer has. */
export function totalOf(customerId: number): number {
  return customerId % 37;
}

/** REST `promotionId` of the promotion at an index, which no other customer has. */
export function promotionIdOf(customerId: number, index: number): number {
  return customerId * 100 + index;
}

/** The faults, with their share of all calls. */
const FAULTS: readonly (readonly [share: number, name: string, Reply])[] = [
  [0.02, '503', text('down', 503)],
  [0.01, 'unknown customer', errorBody(8015)],
  [0.01, 'broken connection', reset],
  [0.005, 'no page', text('<html>')],
  [0.005, 'cut answer', cutOff],
  [0.003, 'too large', text(' '.repeat(400_000))],
  [0.002, 'silence', silent],
  [0.0002, '429', json({}, 429, { 'retry-after': '1' })],
];

export type FaultyUpstream = {
  readonly upstream: TestUpstream;
  /** How often each fault was injected. */
  readonly faults: ReadonlyMap<string, number>;
};

/** An upstream that takes some milliseconds, returns different data to each caller, and sometimes fails. */
export async function startFaultyUpstream(random: () => number): Promise<FaultyUpstream> {
  const upstream = await startUpstream();
  const faults = new Map<string, number>();
  upstream.reply((call, response) => {
    const fault = pickFault(random());
    if (fault !== undefined) faults.set(fault[1], (faults.get(fault[1]) ?? 0) + 1);
    return delayed(2 + random() * 20, fault?.[2] ?? ownPage)(call, response);
  });
  return { upstream, faults };
}

function pickFault(at: number): (typeof FAULTS)[number] | undefined {
  let below = 0;
  return FAULTS.find(([share]) => {
    below += share;
    return at < below;
  });
}

/** A page that only this caller may see. */
const ownPage: Reply = (call, response) => {
  const { headers, query } = call;
  const scope = [headers['data-scope'], headers['data-scope-org']].filter((part) => part !== undefined).join(':');
  const customerId = customerIdFor({
    authorization: headers.authorization ?? '',
    dataScope: scope,
    name: query.identifierName ?? '',
    value: query.identifierValue ?? '',
  });
  const offset = Number(query.offset ?? 0);
  const page = pageBody(totalOf(customerId), offset, Number(query.limit ?? 10), customerId);
  const promotions = page.promotions.map((each, i) => ({
    ...each,
    promotionId: promotionIdOf(customerId, offset + i),
  }));
  return json({ ...page, promotions })(call, response);
};
