import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { ApolloLink } from '@apollo/client/link';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { ClientError, GraphQLClient } from 'graphql-request';
import { describe, expect } from 'vitest';
import { sha256 } from '../support/credentials.ts';
import { testWith } from '../support/fixture.ts';
import { BASIC } from '../support/gateway.ts';
import { errorBody, silent } from '../support/upstream.ts';

const test = testWith({}).extend('unknownCustomer', { auto: true }, ({ upstream }) => {
  upstream.on(UNKNOWN.mobile, errorBody(8015));
});

const QUERY = `query Promotions($mobile: String!) {
  customer(identifier: { name: MOBILE, value: $mobile }, source: INSTORE) { customerId promotions(limit: 2) { items { promotionId name } } }
}`;
const KNOWN = { mobile: '917406400033' };
const UNKNOWN = { mobile: '917000000001' };
const headers = { authorization: BASIC };

/** A fetch that records its requests. */
function watchedFetch() {
  const requests: { method: string; url: string; body: string }[] = [];
  const watched: typeof fetch = (url, init) => {
    requests.push({ method: init?.method ?? 'GET', url: String(url), body: String(init?.body ?? '') });
    return fetch(url, init);
  };
  return { watched, requests };
}

describe('Apollo Client', () => {
  const client = (link: ApolloLink) => new ApolloClient({ link, cache: new InMemoryCache() });
  const query = gql(QUERY);

  test('sends queries', async ({ gateway }) => {
    const { data } = await client(new HttpLink({ uri: gateway.url, headers })).query({ query, variables: KNOWN });
    expect(data).toMatchObject({
      customer: { customerId: '347297848', promotions: { items: [{ promotionId: '1000' }, { promotionId: '1001' }] } },
    });
  });

  test('recognises an error by its code', async ({ gateway }) => {
    const asked = client(new HttpLink({ uri: gateway.url, headers })).query({ query, variables: UNKNOWN });
    const error = await asked.catch((reason: unknown) => reason);
    expect(CombinedGraphQLErrors.is(error) && error.errors.map(({ extensions }) => extensions?.code)).toEqual([
      'CUSTOMER_NOT_FOUND',
    ]);
  });

  test('registers a persisted query, and then sends only its hash by GET', async ({ gateway }) => {
    const { watched, requests } = watchedFetch();
    const persisted = new PersistedQueryLink({
      sha256,
      useGETForHashedQueries: true,
    });
    const link = ApolloLink.from([persisted, new HttpLink({ uri: gateway.url, headers, fetch: watched })]);
    for (let i = 0; i < 2; i++) {
      const { data } = await client(link).query({ query, variables: KNOWN });
      expect(data).toMatchObject({ customer: { customerId: '347297848' } });
    }
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
    expect(requests.at(-1)?.url).not.toContain('query=');
  });

  test('aborts a query and its upstream call', async ({ gateway, upstream }) => {
    upstream.reply(silent);
    const subscription = new Promise<void>((resolve) => {
      const observer = client(new HttpLink({ uri: gateway.url, headers }))
        .watchQuery({ query, variables: KNOWN })
        .subscribe({});
      void upstream.callsReached(1).then(() => {
        observer.unsubscribe();
        resolve();
      });
    });
    await subscription;
    await upstream.abortsReached(1);
  });
});

describe('urql', () => {
  const client = (url: string, watched: typeof fetch = fetch) =>
    new Client({ url, exchanges: [fetchExchange], fetchOptions: { headers }, fetch: watched });

  test('sends its queries by GET, as it is installed', async ({ gateway }) => {
    const { watched, requests } = watchedFetch();
    const { data, error } = await client(gateway.url, watched).query(QUERY, KNOWN).toPromise();
    expect(error).toBeUndefined();
    expect(data).toMatchObject({ customer: { customerId: '347297848' } });
    expect(requests.map(({ method }) => method)).toEqual(['GET']);
  });

  test('recognises an error by its code, and gets the data', async ({ gateway }) => {
    const { data, error } = await client(gateway.url).query(QUERY, UNKNOWN).toPromise();
    expect(data).toEqual({ customer: null });
    expect(error?.graphQLErrors.map(({ extensions }) => extensions.code)).toEqual(['CUSTOMER_NOT_FOUND']);
  });

  test('aborts a query and its upstream call', async ({ gateway, upstream }) => {
    upstream.reply(silent);
    const { unsubscribe } = client(gateway.url)
      .query(QUERY, KNOWN)
      .subscribe(() => {});
    await upstream.callsReached(1);
    unsubscribe();
    await upstream.abortsReached(1);
  });
});

describe('graphql-request', () => {
  test.for(['POST', 'GET'] as const)('sends queries by %s', async (method, { gateway }) => {
    const data = await new GraphQLClient(gateway.url, { headers, method }).request(QUERY, KNOWN);
    expect(data).toMatchObject({ customer: { customerId: '347297848' } });
  });

  test('recognises an error by its code', async ({ gateway }) => {
    const error = await new GraphQLClient(gateway.url, { headers })
      .request(QUERY, UNKNOWN)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ClientError);
    expect((error as ClientError).response.errors?.map(({ extensions }) => extensions.code)).toEqual([
      'CUSTOMER_NOT_FOUND',
    ]);
  });

  test('aborts a query and its upstream call', async ({ gateway, upstream }) => {
    upstream.reply(silent);
    const controller = new AbortController();
    const asked = new GraphQLClient(gateway.url, { headers, signal: controller.signal }).request(QUERY, KNOWN);
    await upstream.callsReached(1);
    controller.abort();
    await expect(asked).rejects.toThrow(/abort/i);
    await upstream.abortsReached(1);
  });
});
