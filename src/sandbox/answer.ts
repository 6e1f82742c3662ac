import { findCustomer, type SandboxCustomer } from './customers.ts';
import { ORGANISATIONS, promotionsOf } from './promotions.ts';

export type Lookup = {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly dataScope: string | undefined;
  readonly dataScopeOrg: string | undefined;
};

/** What to do about a lookup: answer it, or misbehave as its customer does. */
export type Reaction =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Record<string, unknown> }
  | { readonly kind: 'fault'; readonly customer: SandboxCustomer };

const SOURCES = 'INSTORE MARTJACK WECHAT FACEBOOK WEB_ENGAGE TMALL TAOBAO JD ECOMMERCE WEBSITE LINE ALL'.split(' ');
const STATES = 'AVAILABLE_TO_ENROL AVAILABLE_TO_EARN AVAILABLE_TO_REDEEM EXPIRED'.split(' ');
const DEFAULT_LIMIT = '10';

/** The endpoint's behaviour as its reference page has it. Wrong identifiers are answered with HTTP 200, as seen. */
export function reactTo({ query, dataScope, dataScopeOrg }: Lookup, now: number): Reaction {
  const { identifierName = '', identifierValue = '', source = '', promotionStatusForCustomer: state } = query;
  if (!['mobile', 'id', 'email', 'externalid'].includes(identifierName)) {
    return failure(400, 8013, 'Identifier name missing or incorrect');
  }
  if (!SOURCES.includes(source)) return failure(400, 8003, 'Source is missing or incorrect');
  const orgIds = organisations(dataScope, dataScopeOrg);
  if (orgIds === undefined) return failure(400, 310144, 'Connected Orgs not set properly in Headers');
  const limit = boundedNumber(query.limit ?? DEFAULT_LIMIT, 100);
  const offset = boundedNumber(query.offset ?? '0', Number.MAX_SAFE_INTEGER);
  if (limit === undefined || offset === undefined) return failure(400, 500, 'Limit or offset is incorrect');
  if (state !== undefined && !STATES.includes(state)) return failure(400, 500, 'Promotion status is incorrect');
  const customer = findCustomer(identifierName, identifierValue);
  if (customer === undefined) return failure(200, 8015, 'Customer not found for the given identifiers');
  if (!['promotions', 'sample', 'drift'].includes(customer.behaviour.kind)) return { kind: 'fault', customer };

  const matching = promotionsOf(customer, now).filter(
    ({ states, body }) =>
      (state === undefined || states.has(state)) && orgIds.includes(Number(body.orgId ?? body.orgID)),
  );
  return {
    kind: 'answer',
    status: 200,
    body: {
      pageDetails: {
        pageNumber: limit === 0 ? 0 : Math.floor(offset / limit),
        pageSize: limit,
        totalEntries: matching.length,
        pageCount: limit === 0 ? 0 : Math.ceil(matching.length / limit),
      },
      customerId: customer.id,
      promotions: matching.slice(offset, offset + limit).map(({ body }) => body),
      warnings:
        customer.behaviour.kind === 'drift'
          ? ['A plain warning', { status: false, code: 9001, message: 'A warning with a code' }]
          : [],
    },
  };
}

function failure(status: number, code: number, message: string): Reaction {
  return { kind: 'answer', status, body: { errors: [{ status: false, code, message }] } };
}

/** The organisations whose promotions an answer holds, undefined for headers that upstream refuses; SELF is the default. */
function organisations(scope: string | undefined, org: string | undefined): readonly number[] | undefined {
  const named = org === undefined || org === '' ? [] : org.split(',').map((id) => Number(id.trim()));
  if (named.length > 2 || !named.every((id) => ORGANISATIONS.some((known) => known === id))) return undefined;
  switch (scope) {
    case undefined:
    case 'SELF':
      return named.length === 0 ? ORGANISATIONS.slice(0, 1) : undefined;
    case 'OTHER':
      return named.length > 0 ? named : undefined;
    case 'ALL':
      return named.length > 0 ? named : ORGANISATIONS;
    default:
      return undefined;
  }
}

function boundedNumber(text: string, max: number): number | undefined {
  return /^\d+$/.test(text) && Number(text) <= max ? Number(text) : undefined;
}
