import type { TestGateway } from '../../support/gateway.ts';
import { CUSTOMER_ID, DEBUG_TOKEN, EMAIL, EXTERNAL_ID, MOBILE } from '../../support/privateValues.ts';

/** A query that holds private values, and its variables. */
type PrivateQuery = readonly [query: string, variables?: Record<string, unknown>];

/** Requests that call upstream. */
export const QUESTIONS: readonly PrivateQuery[] = [
  [
    `{ customer(identifier: { name: MOBILE, value: "+${MOBILE}" }, source: INSTORE) { customerId promotions { items { promotionId startDate pointsOfferType } warnings { message } } } }`,
  ],
  [
    `query ($e: String!) { customer(identifier: { name: EMAIL, value: $e }, source: INSTORE) { promotionConnection { nodes { promotionId } } } }`,
    { e: EMAIL },
  ],
  [
    `query ($i: [CustomerIdentifierInput!]!) { customers(identifiers: $i, source: ALL) { customerId } }`,
    {
      i: [
        { name: 'EXTERNAL_ID', value: EXTERNAL_ID },
        { name: 'ID', value: CUSTOMER_ID },
        { name: 'MOBILE', value: `${MOBILE}\n` },
      ],
    },
  ],
  [
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { source promotions { items { promotionId } } } } }`,
    {
      r: [
        { __typename: 'Customer', identifier: { name: 'ID', value: CUSTOMER_ID }, source: 'ALL' },
        { __typename: EMAIL },
        { __typename: 'Customer', identifier: { name: EMAIL, value: MOBILE }, source: MOBILE },
        MOBILE,
      ],
    },
  ],
];

/** Requests that never call upstream. */
export const MISTAKES: readonly PrivateQuery[] = [
  [`{ customer(identifier: { name: MOBILE, value: ${MOBILE} }, source: INSTORE) { customerId } }`],
  [`{ customer(identifier: { name: "${MOBILE}", value: "${EMAIL}" }, source: "${EMAIL}") { customerId } }`],
  [`{ customer("${MOBILE}") { customerId } }`],
  [
    `query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: INSTORE) { customerId } }`,
    { i: { name: 'MOBILE', value: Number(MOBILE), [MOBILE]: EMAIL } },
  ],
  [
    `query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: INSTORE) { customerId } }`,
    { i: { name: MOBILE, value: [EMAIL] } },
  ],
  [`{ customer(identifier: { name: MOBILE, value: "${'x'.repeat(300)}${MOBILE}" }, source: INSTORE) { customerId } }`],
  [
    `{ customer(identifier: { name: MOBILE, value: "${MOBILE}" }, source: INSTORE) { promotions(dataScope: { scope: OTHER, orgIds: ["${EMAIL}"] }) { items { promotionId } } } }`,
  ],
  [
    `{ customer(identifier: { name: MOBILE, value: "${MOBILE}" }, source: INSTORE) { promotions(limit: 9999999) { items { promotionId } } } }`,
  ],
  [
    `{ customer(identifier: { name: MOBILE, value: "${MOBILE}" }, source: INSTORE) { promotionConnection(after: "${MOBILE}") { totalCount nodes { promotionId } } } }`,
  ],
];

/** Requests that are not GraphQL, with private values in every place. */
export async function strangeRequests(gateway: TestGateway, headers: Record<string, string>) {
  const send = async (path: string, init: RequestInit) => (await fetch(`${gateway.origin}${path}`, init)).text();
  const all = { ...headers, 'content-type': 'application/json' };
  const post = (body: string) => send('/graphql', { method: 'POST', headers: all, body });
  return {
    'no JSON': await post(`{"query": ${MOBILE} ${EMAIL}`),
    batch: await post(JSON.stringify([{ query: MOBILE }])),
    'too large': await post(JSON.stringify({ query: MOBILE.repeat(50_000) })),
    'no query': await post(JSON.stringify({ variables: { mobile: MOBILE } })),
    'unknown path': await send(`/${MOBILE}?email=${EMAIL}`, { headers: all }),
    'a GET': await send(`/graphql?query=${encodeURIComponent(`{ a(b: "${MOBILE}"`)}`, { headers: all }),
    'a wrong hash': await post(
      JSON.stringify({
        query: `{ a(b: "${MOBILE}") }`,
        extensions: { persistedQuery: { version: 1, sha256Hash: EMAIL } },
      }),
    ),
    'a strange debug token': await send('/graphql', {
      method: 'POST',
      headers: { ...all, 'x-gateway-debug': `${DEBUG_TOKEN}-wrong`, 'x-request-id': `${EMAIL} ${MOBILE}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    }),
  };
}
