import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import possible from '../generated/possibleTypes.ts';
import { trustedDocuments } from './trustedDocuments.ts';

/**
 * What the page knows of the gateway's answers.
 * A promotion is kept inside the customer it was asked for: its restrictions and usage are that customer's, so two
 * customers must never share one entry by the promotion's id.
 */
function createCache(): InMemoryCache {
  return new InMemoryCache({
    possibleTypes: possible.possibleTypes,
    typePolicies: {
      Promotion: { keyFields: false },
      Customer: { fields: { promotionConnection: relayStylePagination(['status']) } },
    },
  });
}

/** A client of the gateway at /graphql of the page's own host. */
export function createClient(): ApolloClient {
  const http = new HttpLink({ uri: '/graphql' });
  return new ApolloClient({
    cache: createCache(),
    link: import.meta.env.PROD ? ApolloLink.from([trustedDocuments(), http]) : http,
    clientAwareness: { name: 'storefront' },
  });
}
