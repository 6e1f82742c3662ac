import type { CustomerIdentifierInput, DataScopeInput } from '../generated/graphql.ts';

/** A person whose offers can be looked at, and how the gateway is asked for them. */
export type Member = {
  /** What the page's address calls them. It is never an identifier: those are personal data. */
  readonly key: string;
  /** What the page greets them by, if it knows. */
  readonly firstName?: string;
  readonly identifier: CustomerIdentifierInput;
  readonly dataScope?: DataScopeInput;
};

/** A member that the chooser offers. */
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

/** Customers of the sandbox, and mistakes, whose look-up fails: each shows one of the page's error states. */
export const TROUBLES: readonly KnownMember[] = [
  sandboxCustomer('unknown', 'Unknown card', '910000000000', 'No member has this number'),
  sandboxCustomer('blank', 'Blank card', ' ', 'A number that can’t be used'),
  {
    ...sandboxCustomer('scope', 'Another shop’s card', '917000000025', 'From a shop that isn’t connected'),
    dataScope: { scope: 'OTHER', orgIds: ['99999'] },
  },
  sandboxCustomer('limited', 'Rush hour', '917000000429', 'Too many questions at once'),
  sandboxCustomer('slow', 'Slow answer', '917000000504', 'No answer in time'),
  sandboxCustomer('failing', 'System down', '917000000500', 'The members’ system fails'),
  sandboxCustomer('html', 'Garbled answer', '917000000502', 'An answer that can’t be read'),
  sandboxCustomer('refused', 'Refused', '917000000200', 'The question is turned down'),
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
 * A typed identifier is kept in sessionStorage: it survives reload, Back and the way back to the sign-in, and ends with
 * the tab or with "Switch member". An address would carry it into the browser's history, logs and referrers.
 */
const STORED = 'typed-identifier';

export function keepIdentifier(identifier: CustomerIdentifierInput): void {
  sessionStorage.setItem(STORED, JSON.stringify(identifier));
}

/** What was typed last in this tab. */
export function keptIdentifier(): CustomerIdentifierInput | undefined {
  const stored = sessionStorage.getItem(STORED);
  return stored === null ? undefined : JSON.parse(stored);
}

export function forgetIdentifier(): void {
  sessionStorage.removeItem(STORED);
}
