import type { Preset } from './presets.ts';

/** For the example supergraph, in which other subgraphs have the accounts, members and banners. */
export const SUPERGRAPH_PRESETS: readonly Preset[] = [
  {
    query: `# Press Run (Ctrl-Enter): one response from four subgraphs.
# accounts knows only an e-mail address. promotions finds
# the customer by it, members adds the date of joining,
# and content adds the banners.
query AccountsWithPromotions($emails: [String!]!) {
  accounts(emails: $emails) {
    email
    loyalty {
      customerId
      memberSince
      promotions(limit: 5) {
        items {
          name
          endDate
          banner {
            headline
            colour
          }
        }
      }
    }
  }
}
`,
    variables: JSON.stringify({ emails: ['sample@example.com', 'some@example.com'] }, null, 2),
  },
  {
    query: `# Another way in: members knows Capillary's own id.
query MembersWithPromotions {
  members(capillaryIds: ["347297848", "347300025"]) {
    capillaryId
    customer {
      memberSince
      promotions(limit: 2) {
        pageDetails {
          totalEntries
        }
        items {
          name
        }
      }
    }
  }
}
`,
  },
  {
    query: `# A customer as the promotions subgraph finds it,
# with what the other subgraphs add.
query CustomerPromotions($mobile: String!) {
  customer(
    identifier: { name: MOBILE, value: $mobile }
    source: INSTORE
  ) {
    customerId
    memberSince
    promotions(limit: 3) {
      items {
        name
        banner {
          headline
        }
      }
    }
  }
}
`,
    variables: JSON.stringify({ mobile: '917406400033' }, null, 2),
  },
  {
    query: `# An account that the loyalty programme does not know:
# its part is null with an error. The others are not affected.
query Unknown {
  accounts(emails: ["nobody@example.com", "sample@example.com"]) {
    email
    loyalty {
      customerId
    }
  }
}
`,
  },
];
