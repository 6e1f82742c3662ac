import type { Lookup } from './lookup.ts';

/** The fault of all responses to a customer's lookups. */
export type Fault = 'rate-limited' | 'failing' | 'slow' | 'broken' | 'not-json' | 'error-in-200';

/**
 * The responses to a sandbox customer's lookups. Customers with promotions share the same promotions, but have different
 * usage and enrolments by their `history`, so that a test would notice if two customers were mixed up.
 */
export type Behaviour =
  | { readonly kind: 'sample' }
  | {
      readonly kind: 'promotions';
      readonly count: number;
      readonly history: number;
      /** Some installations of upstream refuse a limit of 0, for which others return the totals. */
      readonly refusesLimitZero?: true;
    }
  | { readonly kind: 'drift' }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** A customer by all four identifiers of the endpoint, the e-mail in lower case. */
export type SandboxCustomer = {
  readonly id: number;
  readonly mobile: string;
  readonly email: string;
  readonly externalId: string;
  /** What a lookup of this customer shows, for people. */
  readonly shows: string;
  readonly behaviour: Behaviour;
};

function customer(suffix: string, email: string, shows: string, behaviour: Behaviour): SandboxCustomer {
  const mobile = `917000000${suffix}`;
  return { id: 347_300_000 + Number(suffix), mobile, email, externalId: `000000000${suffix}`, shows, behaviour };
}

/** All customers of the sandbox. The first is the sample customer of the endpoint's reference page. */
export const SANDBOX_CUSTOMERS: readonly SandboxCustomer[] = [
  {
    id: 347_297_848,
    mobile: '917406400033',
    email: 'sample@example.com',
    externalId: '000003873354',
    shows: "The reference page's sample: Award50 of organisation 50405, Award 100 Points of 50406",
    behaviour: { kind: 'sample' },
  },
  customer('000', 'none@example.com', 'No promotions', { kind: 'promotions', count: 0, history: 0 }),
  customer('025', 'some@example.com', '25 promotions', { kind: 'promotions', count: 25, history: 0 }),
  customer('250', 'many@example.com', '250 promotions of all kinds', { kind: 'promotions', count: 250, history: 3 }),
  customer('101', 'totals@example.com', '25 promotions. A lookup with limit=0 is refused with code 8101', {
    kind: 'promotions',
    count: 25,
    history: 0,
    refusesLimitZero: true,
  }),
  customer('600', 'drift@example.com', 'Values that upstream does not document: the page has warnings', {
    kind: 'drift',
  }),
  customer('429', 'limited@example.com', 'UPSTREAM_RATE_LIMITED (HTTP 429)', { kind: 'fault', fault: 'rate-limited' }),
  customer('500', 'failing@example.com', 'UPSTREAM_UNAVAILABLE (HTTP 500)', { kind: 'fault', fault: 'failing' }),
  customer('504', 'slow@example.com', 'UPSTREAM_TIMEOUT (a response after 30 s)', { kind: 'fault', fault: 'slow' }),
  customer('501', 'broken@example.com', 'UPSTREAM_UNAVAILABLE (the connection is cut)', {
    kind: 'fault',
    fault: 'broken',
  }),
  customer('502', 'html@example.com', 'UPSTREAM_INVALID_RESPONSE (a page of HTML)', {
    kind: 'fault',
    fault: 'not-json',
  }),
  customer('200', 'refused@example.com', 'UPSTREAM_REJECTED (an error body with HTTP 200)', {
    kind: 'fault',
    fault: 'error-in-200',
  }),
];

/** The customer of a REST identifier, with names and values as the endpoint spells them. The case of e-mails is ignored. */
export function findCustomer(
  identifierName: Lookup['identifierName'],
  identifierValue: string,
): SandboxCustomer | undefined {
  const wanted = identifierName === 'email' ? identifierValue.toLowerCase() : identifierValue;
  return SANDBOX_CUSTOMERS.find((customer) => identifiersOf(customer)[identifierName] === wanted);
}

function identifiersOf({ mobile, id, email, externalId }: SandboxCustomer): Record<Lookup['identifierName'], string> {
  return { mobile, id: String(id), email, externalid: externalId };
}
