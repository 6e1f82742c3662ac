import { type Fault, findCustomer, type SandboxCustomer } from './customers.ts';
import { DRIFTING_WARNINGS } from './drifting.ts';
import { type Lookup, type RawLookup, type Refusal, readLookup } from './lookup.ts';
import { promotionsOf } from './promotions.ts';

/** The response to a lookup, and the fault, if any, that is applied to it. */
export type SandboxResponse = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly fault?: Fault;
};

/**
 * The endpoint's behaviour as documented on its reference page, at the time `now` in milliseconds.
 * An unknown customer gets an error body with HTTP 200, as observed at the real endpoint.
 */
export function responseTo(raw: RawLookup, now: number): SandboxResponse {
  const lookup = readLookup(raw);
  if ('code' in lookup) return { status: 400, body: errorBody(lookup) };
  const customer = findCustomer(lookup.identifierName, lookup.identifierValue);
  if (customer === undefined) {
    return { status: 200, body: errorBody({ code: 8015, message: 'Customer not found for the given identifiers' }) };
  }
  if (lookup.limit === 0 && customer.behaviour.kind === 'promotions' && customer.behaviour.refusesLimitZero) {
    return { status: 400, body: errorBody({ code: 8101, message: 'Limit should be greater than 0' }) };
  }
  const body = page(customer, lookup, now);
  return customer.behaviour.kind === 'fault'
    ? { status: 200, body, fault: customer.behaviour.fault }
    : { status: 200, body };
}

/** An error body as upstream sends it. */
export function errorBody({ code, message }: Refusal): Record<string, unknown> {
  return { errors: [{ status: false, code, message }] };
}

/** The window of a customer's promotions that a lookup requests. A limit of 0 returns only the totals. */
function page(customer: SandboxCustomer, lookup: Lookup, now: number): Record<string, unknown> {
  const { status, orgIds, alternateCurrency, limit, offset } = lookup;
  const matching = promotionsOf(customer, now, alternateCurrency)
    .filter(({ states }) => status === undefined || states.has(status))
    .map(({ body }) => body)
    .filter(({ orgId, orgID }) => orgIds.includes(Number(orgId ?? orgID)));
  return {
    pageDetails: {
      pageNumber: limit === 0 ? 0 : Math.floor(offset / limit),
      pageSize: limit,
      totalEntries: matching.length,
      pageCount: limit === 0 ? 0 : Math.ceil(matching.length / limit),
    },
    customerId: customer.id,
    promotions: matching.slice(offset, offset + limit),
    warnings: customer.behaviour.kind === 'drift' ? DRIFTING_WARNINGS : [],
  };
}
