import type { CustomerIdentifierInput, DataScopeInput, IdentifierName } from '../generated/graphql.ts';

/** Somebody whose offers can be looked at, and how the gateway is asked for them. */
export type Member = {
  readonly slug: string;
  /** What the chooser calls them. */
  readonly title: string;
  /** What the page greets them by, where it knows. */
  readonly firstName?: string;
  /** What signing in as this member shows. */
  readonly shows: string;
  readonly identifier: CustomerIdentifierInput;
  readonly dataScope?: DataScopeInput;
};

function sandboxCustomer(slug: string, title: string, mobile: string, shows: string): Member {
  return { slug, title, shows, identifier: { name: 'MOBILE', value: mobile } };
}

function cardHolder(slug: string, firstName: string, lastName: string, mobile: string, shows: string): Member {
  return { ...sandboxCustomer(slug, `${firstName} ${lastName}`, mobile, shows), firstName };
}

/** Customers of the gateway's sandbox who have a card. */
export const MEMBERS: readonly Member[] = [
  cardHolder('some', 'Maya', 'Lindqvist', '917000000025', '25 offers, every kind'),
  cardHolder('many', 'Tomás', 'Okafor', '917000000250', '250 offers to page through'),
  cardHolder('sample', 'Asha', 'Rao', '917406400033', 'One offer, already over'),
  cardHolder('none', 'Noor', 'Haddad', '917000000000', 'A new card, no offers yet'),
  cardHolder('drift', 'Felix', 'Brandt', '917000000600', 'Offers with unreadable details'),
];

/** Customers of the sandbox, and mistakes, whose look-up fails: each shows one of the page's error states. */
export const TROUBLES: readonly Member[] = [
  sandboxCustomer('unknown', 'Unknown card', '910000000000', 'Nobody has this number'),
  sandboxCustomer('blank', 'Blank card', ' ', 'A number that can’t be used'),
  {
    ...sandboxCustomer('scope', 'Another shop’s card', '917000000025', 'From a shop that isn’t connected'),
    dataScope: { scope: 'OTHER', orgIds: ['99999'] },
  },
  sandboxCustomer('limited', 'Rush hour', '917000000429', 'Too many questions at once'),
  sandboxCustomer('slow', 'Slow answer', '917000000504', 'No answer in time'),
  sandboxCustomer('failing', 'System down', '917000000500', 'The members’ system fails'),
  sandboxCustomer('html', 'Garbled answer', '917000000502', 'An answer nobody can read'),
  sandboxCustomer('refused', 'Refused', '917000000200', 'The question is turned down'),
];

/** A member by what somebody typed. */
export function typedMember(name: IdentifierName, value: string): Member {
  return { slug: '', title: '', shows: '', identifier: { name, value } };
}

/** The member that a link such as `?as=some` names. A link never holds an identifier. */
export function linkedMember(search: string): Member | undefined {
  const slug = new URLSearchParams(search).get('as');
  return [...MEMBERS, ...TROUBLES].find((member) => member.slug === slug);
}
