import type { SubgraphModule } from './subgraph.ts';

/** Accounts of the shop. Every e-mail address belongs to an account, except those that end in `.invalid`. */
export const accounts: SubgraphModule = {
  name: 'accounts',
  sdl: new URL('accounts.graphql', import.meta.url),
  resolvers: {
    Query: {
      accounts: (_: unknown, { emails }: { emails: string[] }) =>
        emails.map((email) => (email.endsWith('.invalid') ? null : { email })),
    },
    Account: {
      loyalty: ({ email }: { email: string }) => ({ identifier: { name: 'EMAIL', value: email }, source: 'INSTORE' }),
    },
  },
};
