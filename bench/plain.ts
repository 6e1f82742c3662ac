import { RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { readClientSdl } from '../src/graphql/schema.ts';

/**
 * A server as it is written in an hour: Apollo Server's standalone server, a RESTDataSource for each request, and resolvers that
 * return the payload under the schema's names. It has no limits, metrics or log, and does not check upstream's payload.
 */
type Rest = { [member: string]: Rest } & { [member: string]: unknown };

class Promotions extends RESTDataSource {
  override baseURL = process.env.UPSTREAM_URL ?? '';

  page(value: string, limit: number): Promise<Rest> {
    const params = {
      identifierName: 'mobile',
      identifierValue: value,
      source: 'INSTORE',
      limit: String(limit),
      offset: '0',
    };
    return this.get('/v2.1/customers/lookup/promotionData', { params });
  }
}

type Context = { readonly promotions: Promotions };
type Parent = { readonly value: string };

const resolvers = {
  Query: { customer: (_: unknown, { identifier }: { identifier: Parent }) => identifier },
  Customer: {
    customerId: async ({ value }: Parent, _: unknown, { promotions }: Context) =>
      (await promotions.page(value, 10)).customerId,
    promotions: ({ value }: Parent, { limit }: { limit: number }, { promotions }: Context) =>
      promotions.page(value, limit),
  },
  PromotionPage: { items: ({ promotions }: Rest) => promotions },
  Promotion: {
    name: ({ promotionName }: Rest) => promotionName,
    restrictions: ({ promotionRestriction }: Rest) => promotionRestriction,
  },
  PromotionLimits: { numberOfTimesPerCustomer: (limits: Rest) => limits.numberOFTimesPerCustomer },
  PromotionRestrictions: {
    issual: ({ issualRestrictions }: Rest) => issualRestrictions,
    earn: ({ earnRestrictions }: Rest) => earnRestrictions,
    redemption: ({ redemptionRestrictions }: Rest) => redemptionRestrictions,
  },
  IssualRestriction: { kpiName: ({ kpi }: Rest) => kpi },
  RedemptionRestriction: { kpiName: ({ kpi }: Rest) => kpi },
};

const server = new ApolloServer<Context>({ typeDefs: readClientSdl(), resolvers });
await startStandaloneServer(server, {
  listen: { port: Number(process.env.PORT), host: '127.0.0.1' },
  context: async () => ({ promotions: new Promotions({ cache: server.cache }) }),
});
