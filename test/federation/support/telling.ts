import { errorBody, json, pageBody, type Reply } from '../../support/upstream.ts';

/**
 * A list whose promotions are named after how it was asked for, of a customer that has the same id however it is looked up.
 * Nobody knows an identifier that begins with `unknown`.
 */
export const telling: Reply = (call, response) => {
  const { identifierName, identifierValue = '', source, limit, offset, promotionStatusForCustomer } = call.query;
  if (identifierValue.startsWith('unknown')) return errorBody(8015)(call, response);
  const { 'data-scope': scope, 'data-scope-org': orgs } = call.headers;
  const asked = [identifierName, identifierValue, source, promotionStatusForCustomer, scope, orgs];
  const promotions = Array.from({ length: Number(limit) }, (_, i) => ({
    promotionId: 1122938 + Number(offset) + i,
    promotionName: asked.filter(Boolean).join(' '),
  }));
  return json({ ...pageBody(100, Number(offset), Number(limit)), promotions })(call, response);
};
