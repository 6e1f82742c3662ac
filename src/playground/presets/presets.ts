import type { PlaygroundFacts } from '../../http/playgroundPage.ts';
import type { LinkedQuery } from '../run/link.ts';

/** A query to start from. */
export type Preset = LinkedQuery & { readonly title: string; readonly about: string };

/** The examples, chosen by what is behind the playground. Its first visit opens with the first of them. */
export function presetsFor({ supergraph, upstream }: PlaygroundFacts): readonly Preset[] {
  if (supergraph) return SUPERGRAPH_PRESETS;
  return upstream === 'sandbox' ? SANDBOX_PRESETS : UPSTREAM_PRESETS;
}

function preset(title: string, about: string, query: string, variables: object): Preset {
  return { title, about, query, variables: JSON.stringify(variables, null, 2) };
}

const CUSTOMER_PROMOTIONS = `query CustomerPromotions($mobile: String!) {
  customer(
    source: INSTORE
    identifier: { name: MOBILE, value: $mobile }
  ) {
    customerId
    promotions(limit: 10) {
      pageDetails { totalEntries hasNextPage }
      items {
        promotionId
        name
        endDate
        customerUsage { currentPointsPerCustomer }
      }
      warnings { code message }
    }
  }
}
`;

const LOAD_MORE = `query LoadMore($mobile: String!, $after: String) {
  customer(
    source: INSTORE
    identifier: { name: MOBILE, value: $mobile }
  ) {
    promotionConnection(first: 5, after: $after) {
      totalCount
      edges { node { name endDate } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`;

const SEVERAL_CUSTOMERS = `query SeveralCustomers($customers: [CustomerIdentifierInput!]!) {
  customers(source: INSTORE, identifiers: $customers) {
    identifier { name value }
    promotions(limit: 2) { items { name } }
  }
}
`;

const CONNECTED_ORGANISATIONS = `query ConnectedOrganisations($id: String!, $orgIds: [ID!]) {
  customer(
    identifier: { name: ID, value: $id }
    source: ALL
  ) {
    promotions(dataScope: { scope: OTHER, orgIds: $orgIds }) {
      items { name orgId }
    }
  }
}
`;

const OTHERS = 'Other customers: 917000000025, 917000000250, 917000000600 (an odd payload).';
const PAGES = 'Page through many promotions: pass endCursor as "after".';
const SEVERAL = 'Each costs an upstream call. One that fails is null, with its own error.';
const SCOPE = 'Without the argument, the data scope under Credentials is used.';
const ERRORS = 'Also: 917000000429 is rate-limited, 917000000504 does not answer in time.';

/** For the embedded sandbox, with its customers. */
export const SANDBOX_PRESETS: readonly Preset[] = [
  preset("A customer's promotions", OTHERS, CUSTOMER_PROMOTIONS, { mobile: '917406400033' }),
  preset('Load more', PAGES, LOAD_MORE, { mobile: '917000000250', after: null }),
  preset('Several customers', SEVERAL, SEVERAL_CUSTOMERS, {
    customers: [
      { name: 'EMAIL', value: 'some@example.com' },
      { name: 'EXTERNAL_ID', value: '000003873354' },
      { name: 'MOBILE', value: '910000000000' },
    ],
  }),
  preset('Connected organisations', SCOPE, CONNECTED_ORGANISATIONS, { id: '347297848', orgIds: ['50405', '50406'] }),
  preset('What errors look like', ERRORS, CUSTOMER_PROMOTIONS, { mobile: '917000000500' }),
];

/** For a real upstream. Identifiers are blank, so that nobody asks it for a customer of the sandbox. */
export const UPSTREAM_PRESETS: readonly Preset[] = [
  preset("A customer's promotions", 'Enter a mobile number under Variables.', CUSTOMER_PROMOTIONS, { mobile: '' }),
  preset('Load more', PAGES, LOAD_MORE, { mobile: '', after: null }),
  preset('Several customers', SEVERAL, SEVERAL_CUSTOMERS, { customers: [{ name: 'EMAIL', value: '' }] }),
  preset('Connected organisations', SCOPE, CONNECTED_ORGANISATIONS, { id: '', orgIds: [''] }),
];

/** For the example supergraph, in which other subgraphs have the accounts, members and banners. */
export const SUPERGRAPH_PRESETS: readonly Preset[] = [
  preset(
    'One response from four subgraphs',
    'accounts knows only an e-mail address. promotions finds the customer by it, members and content add the rest.',
    `query AccountsWithPromotions($emails: [String!]!) {
  accounts(emails: $emails) {
    email
    loyalty {
      customerId
      memberSince
      promotions(limit: 5) {
        items {
          name
          endDate
          banner { headline colour }
        }
      }
    }
  }
}
`,
    { emails: ['sample@example.com', 'some@example.com'] },
  ),
];
