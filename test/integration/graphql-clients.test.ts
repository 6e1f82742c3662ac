import { createHash } from 'node:crypto';
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { ApolloLink } from '@apollo/client/link';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { ClientError, GraphQLClient } from 'graphql-request';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BASIC, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { errorBody, gate, pages, startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startTestGateway(upstream);
});
beforeEach(() => {
  upstream.reset();
  upstream.on('917000000001', errorBody(8015));
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const QUERY = `query Promotions($mobile: String!) {
  customer(identifier: { name: MOBILE, value: $mobile }, source: INSTORE) { id promotions(limit: 2) { items { id name } } }
}`;
const KNOWN = { mobile: '917406400033' };
const UNKNOWN = { mobile: '917000000001' };
const headers = { authorization: BASIC };

/** A fetch that notes what was asked of it. */
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

  test('queries', async () => {
    const { data } = await client(new HttpLink({ uri: gateway.url, headers })).query({ query, variables: KNOWN });
    expect(data).toMatchObject({
      customer: { id: '347297848', promotions: { items: [{ id: '1000' }, { id: '1001' }] } },
    });
  });

  test('tells an error by its code', async () => {
    const asked = client(new HttpLink({ uri: gateway.url, headers })).query({ query, variables: UNKNOWN });
    const error = await asked.catch((reason: unknown) => reason);
    expect(CombinedGraphQLErrors.is(error) && error.errors.map(({ extensions }) => extensions?.code)).toEqual([
      'CUSTOMER_NOT_FOUND',
    ]);
  });

  test('registers a persisted query, and asks by its hash over GET from then on', async () => {
    const { watched, requests } = watchedFetch();
    const persisted = new PersistedQueryLink({
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
      useGETForHashedQueries: true,
    });
    const link = ApolloLink.from([persisted, new HttpLink({ uri: gateway.url, headers, fetch: watched })]);
    for (let i = 0; i < 2; i++) {
      const { data } = await client(link).query({ query, variables: KNOWN });
      expect(data).toMatchObject({ customer: { id: '347297848' } });
    }
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
    expect(requests.at(-1)?.url).not.toContain('query=');
  });

  test('aborts, and upstream is let go', async () => {
    const held = gate(pages(10));
    upstream.reply(held.reply);
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
    held.open();
  });
});

describe('urql', () => {
  const client = (options: { preferGetMethod?: boolean } = {}) =>
    new Client({
      url: gateway.url,
      exchanges: [fetchExchange],
      fetchOptions: { headers: { ...headers, 'apollo-require-preflight': '1' } },
      ...options,
    });

  test('queries, by POST and by GET', async () => {
    for (const preferGetMethod of [false, true]) {
      const { data, error } = await client({ preferGetMethod }).query(QUERY, KNOWN).toPromise();
      expect(error).toBeUndefined();
      expect(data).toMatchObject({ customer: { id: '347297848' } });
    }
  });

  test('tells an error by its code, beside the data', async () => {
    const { data, error } = await client().query(QUERY, UNKNOWN).toPromise();
    expect(data).toEqual({ customer: null });
    expect(error?.graphQLErrors.map(({ extensions }) => extensions.code)).toEqual(['CUSTOMER_NOT_FOUND']);
  });

  test('aborts, and upstream is let go', async () => {
    const held = gate(pages(10));
    upstream.reply(held.reply);
    const { unsubscribe } = client()
      .query(QUERY, KNOWN)
      .subscribe(() => {});
    await upstream.callsReached(1);
    unsubscribe();
    await upstream.abortsReached(1);
    held.open();
  });
});

describe('graphql-request', () => {
  test('queries', async () => {
    const data = await new GraphQLClient(gateway.url, { headers }).request(QUERY, KNOWN);
    expect(data).toMatchObject({ customer: { id: '347297848' } });
  });

  test('tells an error by its code', async () => {
    const error = await new GraphQLClient(gateway.url, { headers })
      .request(QUERY, UNKNOWN)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ClientError);
    expect((error as ClientError).response.errors?.map(({ extensions }) => extensions.code)).toEqual([
      'CUSTOMER_NOT_FOUND',
    ]);
  });

  test('aborts, and upstream is let go', async () => {
    const held = gate(pages(10));
    upstream.reply(held.reply);
    const controller = new AbortController();
    const asked = new GraphQLClient(gateway.url, { headers, signal: controller.signal }).request(QUERY, KNOWN);
    await upstream.callsReached(1);
    controller.abort();
    await expect(asked).rejects.toThrow(/abort/i);
    await upstream.abortsReached(1);
    held.open();
  });
});
