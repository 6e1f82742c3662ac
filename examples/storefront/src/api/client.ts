import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { getMainDefinition } from '@apollo/client/utilities';
import possible from '../generated/possibleTypes.ts';
import { typePolicies } from './typePolicies.ts';

/** A client of the gateway at /graphql of the page's own host. */
export function createClient(): ApolloClient {
  const http = new HttpLink({ uri: '/graphql' });
  return new ApolloClient({
    cache: new InMemoryCache({ ...possible, typePolicies }),
    link: import.meta.env.PROD ? ApolloLink.from([trustedDocuments(), http]) : http,
    clientAwareness: { name: 'storefront' },
  });
}

/**
 * Sends the id of a trusted document instead of its text, and never falls back to the text, since the gateway may accept only
 * trusted documents. It uses POST, since a GET would write the customer's identifier into URLs and logs.
 * (@apollo/persisted-query-lists does the same lookup, but adds all of graphql-js to the page: 200 kB.)
 */
function trustedDocuments(): ApolloLink {
  const manifest = import('../../persisted-operations.json');
  return new PersistedQueryLink({
    async generateHash(document) {
      const name = getMainDefinition(document).name?.value;
      const { operations } = await manifest;
      const operation = operations.find((each) => each.name === name);
      if (operation === undefined) throw new Error(`${name} is not in the manifest: npm run codegen`);
      return operation.id;
    },
    disable: () => false,
    retry: () => false,
  });
}
