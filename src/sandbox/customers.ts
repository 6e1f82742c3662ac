import type { Lookup } from './lookup.ts';

/** The fault of all responses to a customer's lookups. */
export type Fault = 'rate-limited' | 'failing' | 'slow' | 'broken' | 'not-json' | 'error-in-200';

/**
 * How a sandbox customer's lookups are answered. Customers with promotions share them from the first on; their usage and
 * enrolments are their own, by their `history`, so that a mix-up of two customers would show.
 */
export type Behaviour =
  | { readonly kind: 'sample' }
  | { readonly kind: 'promotions'; readonly count: number; readonly history: number }
  | { readonly kind: 'drift' }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** A customer by all four identifiers of the endpoint, the e-mail in lower case. */
export type SandboxCustomer = {
  readonly id: number;
  readonly mobile: string;
  readonly email: string;
  readonly externalId: string;
  /** What asking for this customer shows, for people. */
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
  customer('600', 'drift@example.com', 'Values that upstream does not document: the page has warnings', {
    kind: 'drift',
  }),
  customer('429', 'limited@example.com', 'UPSTREAM_RATE_LIMITED (HTTP 429)', { kind: 'fault', fault: 'rate-limited' }),
  customer('500', 'failing@example.com', 'UPSTREAM_UNAVAILABLE (HTTP 500)', { kind: 'fault', fault: 'failing' }),
  customer('504', 'slow@example.com', 'UPSTREAM_TIMEOUT (an answer after 30 s)', { kind: 'fault', fault: 'slow' }),
  customer('501', 'broken@example.com', 'UPSTREAM_UNAVAILABLE (the connection breaks off)', {
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

/** The customer of a REST identifier, names and values as the endpoint spells them; e-mails without case. */
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
