import type { SubgraphModule } from '../../../examples/supergraph/subgraph.ts';

type Representation = { promotions: { items: { name: string | null }[] } | null };

/** What the till prints on receipts: it requires a list of the customer's promotions. */
export const receipts: SubgraphModule = {
  name: 'receipts',
  sdl: new URL('receipts.graphql', import.meta.url),
  resolvers: {
    Customer: {
      __resolveReference: (reference: Representation) => reference,
      receiptLine: ({ promotions }: Representation) => {
        const name = promotions?.items[0]?.name;
        return name === undefined || name === null ? null : `Next time: ${name}`;
      },
    },
  },
};
