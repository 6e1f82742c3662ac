import type { HostileRequest } from './hostileRequests.ts';

const list = <Item>(count: number, write: (index: number) => Item) => Array.from({ length: count }, (_, i) => write(i));
const request = (kind: string, query: string, variables: Record<string, unknown> = {}): HostileRequest => ({
  kind,
  body: JSON.stringify({ query, variables }),
});

/** Requests that an attacker found, each of which took seconds of CPU or more memory than there was. */
export const KNOWN_ATTACKS: readonly HostileRequest[] = [
  ...[2000, 4000, 12_000].map((count) =>
    request(
      `an object with ${count} unknown members`,
      'query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: ALL) { id } }',
      { i: Object.fromEntries(list(count, (i): [string, number] => [`a${i}`, 1])) },
    ),
  ),
  request(
    '60 times 4,000 representations of nothing',
    `query ($r: [_Any!]!) { ${list(60, (i) => `a${i}: _entities(representations: $r) { __typename }`).join(' ')} }`,
    { r: list(4000, () => 1) },
  ),
  request(
    'a variable of semicolons',
    `query ($l: Int!) { customer(identifier: { name: ID, value: "1" }, source: ALL) { promotions(limit: $l) { items { id } } } }`,
    { l: '; '.repeat(125_000) },
  ),
  request(
    'one customer 20 times with 59 aliases of its restrictions',
    `query ($l: [CustomerIdentifierInput!]!) { customers(identifiers: $l, source: ALL) { promotions(limit: 200) { items {
      ${list(59, (i) => `a${i}: restrictions { issual { kpi } earn { kpi } redemption { kpi } }`).join(' ')} } } } }`,
    { l: list(20, () => ({ name: 'ID', value: '1' })) },
  ),
  ...list(3, (i) =>
    request('one document with a changing comment', `{ ${list(30, (j) => `a${j}: __typename`).join(' ')} } #${i}`),
  ),
];
