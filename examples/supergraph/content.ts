import type { SubgraphModule } from './subgraph.ts';

const BANNERS = new Map([
  ['1122938', { headline: 'Fifty points for every purchase', colour: '#7a1f3d' }],
  ['1200000', { headline: 'New this week', colour: '#1f4f7a' }],
]);

/** Banners of promotions. */
export const content: SubgraphModule = {
  name: 'content',
  sdl: new URL('content.graphql', import.meta.url),
  resolvers: {
    Promotion: {
      __resolveReference: (reference: { promotionId: string }) => reference,
      banner: ({ promotionId }: { promotionId: string }) => BANNERS.get(promotionId) ?? null,
    },
  },
};
