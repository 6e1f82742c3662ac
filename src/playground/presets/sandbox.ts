import type { Preset } from './presets.ts';

/** For the embedded sandbox. Each query shows one feature with the sandbox's customers. */
export const SANDBOX_PRESETS: readonly Preset[] = [
  {
    query: `# Press Run (Ctrl-Enter): a customer's promotions.
# The docs and the explorer on the left show
# which other fields there are.
# Other customers of the sandbox: 917000000025,
# 917000000250, 917000000600 (an odd payload).
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
    variables: JSON.stringify({ mobile: '917406400033' }, null, 2),
  },
  {
    query: `# Page through many promotions:
# pass endCursor as "after".
query LoadMore($after: String) {
  customer(
    identifier: { name: MOBILE, value: "917000000250" }
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
    variables: JSON.stringify({ after: null }, null, 2),
  },
  {
    query: `# Several customers at once. One that fails is null,
# with its own error. The others are not affected.
query SeveralCustomers {
  customers(
    source: INSTORE
    identifiers: [
      { name: EMAIL, value: "some@example.com" }
      { name: EXTERNAL_ID, value: "000003873354" }
      { name: MOBILE, value: "910000000000" }
    ]
  ) {
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
  },
  {
    query: `# The data scope names connected organisations.
# The sandbox has 50405 and 50406. Without the
# argument, the data scope under Credentials is used,
# which is sent in request headers.
query ConnectedOrganisations {
  customer(
    identifier: { name: ID, value: "347297848" }
    source: ALL
  ) {
    promotions(
      dataScope: { scope: OTHER, orgIds: ["50406"] }
    ) {
      items {
        name
        orgId
      }
    }
  }
}
`,
  },
  {
    query: `# What errors look like: 917000000500 fails,
# 917000000429 is rate-limited,
# 917000000504 does not answer in time.
# extensions.code says what went wrong.
query Failing($mobile: String!) {
  customer(
    identifier: { name: MOBILE, value: $mobile }
    source: INSTORE
  ) {
    customerId
  }
}
`,
    variables: JSON.stringify({ mobile: '917000000500' }, null, 2),
  },
];
