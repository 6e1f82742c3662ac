import type { CustomerIdentifierInput, DataScopeInput } from '../generated/graphql.ts';

/** A person whose offers can be shown, and the arguments to fetch them with. */
export type Member = {
  /** The member's name in the page's address. It is never an identifier, which would be personal data in logs and the browser's history. */
  readonly key: string;
  readonly title: string;
  /** What signing in as this member shows. */
  readonly shows: string;
  /** The name that the page greets the member by, if it is known. */
  readonly firstName?: string | undefined;
  readonly identifier: CustomerIdentifierInput;
  readonly dataScope?: DataScopeInput | undefined;
};

function customer(key: string, title: string, mobile: string, shows: string, dataScope?: DataScopeInput): Member {
  return { key, title, shows, identifier: { name: 'MOBILE', value: mobile }, dataScope };
}

/** Customers of the gateway's sandbox who have a card. */
export const MEMBERS: readonly Member[] = [
  customer('some', 'Maya Lindqvist', '917000000025', '25 offers, every kind'),
  customer('many', 'Tomás Okafor', '917000000250', '250 offers to page through'),
  customer('sample', 'Asha Rao', '917406400033', 'One offer, already over'),
  customer('none', 'Noor Haddad', '917000000000', 'A new card, no offers yet'),
  customer('drift', 'Felix Brandt', '917000000600', 'Offers with unreadable details'),
].map((member) => ({ ...member, firstName: member.title.split(' ')[0] }));

const UNCONNECTED: DataScopeInput = { scope: 'OTHER', orgIds: ['99999'] };

/** Members whose lookup fails. Each shows one of the page's error states. */
export const TROUBLES: readonly Member[] = [
  customer('unknown', 'Unknown card', '910000000000', 'No member has this number'),
  customer('blank', 'Blank card', ' ', 'A number that can’t be used'),
  customer('scope', 'Another shop’s card', '917000000025', 'From a shop that isn’t connected', UNCONNECTED),
  customer('limited', 'Rush hour', '917000000429', 'Too many requests at once'),
  customer('slow', 'Slow response', '917000000504', 'No response in time'),
  customer('failing', 'System down', '917000000500', 'The members’ system fails'),
  customer('html', 'Garbled response', '917000000502', 'A response that can’t be read'),
  customer('refused', 'Refused', '917000000200', 'The request is refused'),
];

/** The member of a key in the address, if there is one. */
export function memberNamed(key: string | undefined): Member | undefined {
  return [...MEMBERS, ...TROUBLES].find((member) => member.key === key);
}
