import type { SubgraphModule } from './subgraph.ts';

/** Capillary ids of the members, with the day on which each joined. */
const MEMBERS = new Map([
  ['347297848', '2019-05-04'],
  ['347300025', '2023-11-30'],
]);

/** Members of the loyalty programme, known by Capillary's id. */
export const members: SubgraphModule = {
  name: 'members',
  sdl: new URL('members.graphql', import.meta.url),
  resolvers: {
    Query: {
      members: (_: unknown, { capillaryIds }: { capillaryIds: string[] }) =>
        capillaryIds.map((capillaryId) => (MEMBERS.has(capillaryId) ? { capillaryId } : null)),
    },
    Member: {
      customer: ({ capillaryId }: { capillaryId: string }) => ({
        customerId: capillaryId,
        identifier: { name: 'ID', value: capillaryId },
        source: 'ALL',
      }),
    },
    Customer: {
      __resolveReference: (reference: { customerId: string }) => reference,
      memberSince: ({ customerId }: { customerId: string }) => MEMBERS.get(customerId) ?? null,
    },
  },
};
