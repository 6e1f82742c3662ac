import type { CustomerIdentifierInput, DataScopeInput } from '../generated/graphql.ts';

/** A person whose offers can be shown, and the arguments to fetch them with. */
export type Member = {
  /** The member's name in the page's address. It is never an identifier, which would be personal data. */
  readonly key: string;
  /** The name that the page greets the member by, if it is known. */
  readonly firstName?: string;
  readonly identifier: CustomerIdentifierInput;
  readonly dataScope?: DataScopeInput;
};

/** A member in the list of the sign-in. */
export type KnownMember = Member & {
  readonly title: string;
  /** What signing in as this member shows. */
  readonly shows: string;
};

function sandboxCustomer(key: string, title: string, mobile: string, shows: string): KnownMember {
  return { key, title, shows, identifier: { name: 'MOBILE', value: mobile } };
}

function cardHolder(key: string, firstName: string, lastName: string, mobile: string, shows: string): KnownMember {
  return { ...sandboxCustomer(key, `${firstName} ${lastName}`, mobile, shows), firstName };
}

/** Customers of the gateway's sandbox who have a card. */
export const MEMBERS: readonly KnownMember[] = [
  cardHolder('some', 'Maya', 'Lindqvist', '917000000025', '25 offers, every kind'),
  cardHolder('many', 'Tomás', 'Okafor', '917000000250', '250 offers to page through'),
  cardHolder('sample', 'Asha', 'Rao', '917406400033', 'One offer, already over'),
  cardHolder('none', 'Noor', 'Haddad', '917000000000', 'A new card, no offers yet'),
  cardHolder('drift', 'Felix', 'Brandt', '917000000600', 'Offers with unreadable details'),
];

/** Members whose lookup fails. Each shows one of the page's error states. */
export const TROUBLES: readonly KnownMember[] = [
  sandboxCustomer('unknown', 'Unknown card', '910000000000', 'No member has this number'),
  sandboxCustomer('blank', 'Blank card', ' ', 'A number that can’t be used'),
  {
    ...sandboxCustomer('scope', 'Another shop’s card', '917000000025', 'From a shop that isn’t connected'),
    dataScope: { scope: 'OTHER', orgIds: ['99999'] },
  },
  sandboxCustomer('limited', 'Rush hour', '917000000429', 'Too many requests at once'),
  sandboxCustomer('slow', 'Slow response', '917000000504', 'No response in time'),
  sandboxCustomer('failing', 'System down', '917000000500', 'The members’ system fails'),
  sandboxCustomer('html', 'Garbled response', '917000000502', 'A response that can’t be read'),
  sandboxCustomer('refused', 'Refused', '917000000200', 'The request is refused'),
];

/** The key of the member whose identifier was typed. */
export const TYPED = 'typed';

/** The member of a key in the address, if there is one. */
export function memberNamed(key: string | undefined): Member | undefined {
  const identifier = key === TYPED ? keptIdentifier() : undefined;
  if (identifier !== undefined) return { key: TYPED, identifier };
  return [...MEMBERS, ...TROUBLES].find((member) => member.key === key);
}

/**
 * A typed identifier is stored in sessionStorage. It stays over a reload, Back and a return to the sign-in, until the tab is
 * closed or "Switch member" is pressed. In an address it would reach the browser's history, logs and referrers.
 */
const STORED = 'typed-identifier';

export function keepIdentifier(identifier: CustomerIdentifierInput): void {
  sessionStorage.setItem(STORED, JSON.stringify(identifier));
}

/** The identifier last typed in this tab. */
export function keptIdentifier(): CustomerIdentifierInput | undefined {
  const stored = sessionStorage.getItem(STORED);
  return stored === null ? undefined : JSON.parse(stored);
}

export function forgetIdentifier(): void {
  sessionStorage.removeItem(STORED);
}
