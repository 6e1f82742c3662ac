import type { Preset } from './presets.ts';

/** For a real upstream. Its customers are not known here, so identifiers are blank, which makes no upstream call. */
export const UPSTREAM_PRESETS: readonly Preset[] = [
  {
    query: `# A customer's promotions. Write a mobile number
# with its country code under Variables below,
# then press Run (Ctrl-Enter).
# The docs and the explorer on the left show
# which other fields there are.
query CustomerPromotions($mobile: String!) {
  customer(
    identifier: { name: MOBILE, value: $mobile }
    source: INSTORE
  ) {
    customerId
    promotions(limit: 10) {
      pageDetails {
        totalEntries
        hasNextPage
      }
      items {
        promotionId
        name
        description
        startDate
        endDate
        pointsOfferType
        customerUsage {
          currentPointsPerCustomer
        }
      }
      warnings {
        code
        message
      }
    }
  }
}
`,
    variables: JSON.stringify({ mobile: '' }, null, 2),
  },
  {
    query: `# Page through many promotions:
# pass endCursor as "after".
query LoadMore($id: String!, $after: String) {
  customer(
    identifier: { name: ID, value: $id }
    source: INSTORE
  ) {
    promotionConnection(
      status: AVAILABLE_TO_REDEEM
      first: 5
      after: $after
    ) {
      totalCount
      nodes {
        name
        restrictions {
          redemption {
            kpiName
            maxLimit
            currentCustomerUsage
            remaining
            unlimited
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`,
    variables: JSON.stringify({ id: '', after: null }, null, 2),
  },
  {
    query: `# Several customers at once. Each costs an upstream
# call. One that fails is null with its own error.
# The others are not affected.
query SeveralCustomers($identifiers: [CustomerIdentifierInput!]!) {
  customers(source: INSTORE, identifiers: $identifiers) {
    identifier {
      name
      value
    }
    promotions(limit: 2) {
      items {
        name
      }
    }
  }
}
`,
    variables: JSON.stringify(
      {
        identifiers: [
          { name: 'EMAIL', value: '' },
          { name: 'EXTERNAL_ID', value: '' },
        ],
      },
      null,
      2,
    ),
  },
  {
    query: `# The data scope names connected organisations.
# Without the argument, the data scope under
# Credentials is used, which is sent in request headers.
query ConnectedOrganisations($mobile: String!, $orgIds: [ID!]) {
  customer(
    identifier: { name: MOBILE, value: $mobile }
    source: ALL
  ) {
    promotions(
      dataScope: { scope: OTHER, orgIds: $orgIds }
    ) {
      items {
        name
        orgId
      }
    }
  }
}
`,
    variables: JSON.stringify({ mobile: '', orgIds: [''] }, null, 2),
  },
];
