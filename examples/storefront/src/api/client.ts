import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { getMainDefinition, relayStylePagination } from '@apollo/client/utilities';
import possible from '../generated/possibleTypes.ts';

/** What the page knows of the gateway's answers. */
function createCache(): InMemoryCache {
  return new InMemoryCache({
    possibleTypes: possible.possibleTypes,
    typePolicies: {
      Customer: { fields: { promotionConnection: relayStylePagination(['dataScope', 'status']) } },
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

/**
 * Sends the id of a registered operation in place of its text, and never falls back to the text: the gateway may take
 * registered operations only. It is a POST, since a GET would write the customer's identifier into URLs and their logs.
 * (@apollo/persisted-query-lists does the same look-up, and brings all of graphql-js into the page: 200 kB.)
 */
function trustedDocuments(): ApolloLink {
  const manifest = import('../../persisted-operations.json');
  return new PersistedQueryLink({
    async generateHash(document) {
      const name = getMainDefinition(document).name?.value;
      const { operations } = await manifest;
      const operation = operations.find((each) => each.name === name);
      if (operation === undefined) throw new Error(`${name} is not in the manifest: npm run storefront:manifest`);
      return operation.id;
    },
    disable: () => false,
    retry: () => false,
  });
}
