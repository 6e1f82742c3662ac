import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import type { Credentials } from '../../src/upstream/credentials/credentials.ts';
import { ownAccount } from '../../src/upstream/credentials/credentials.ts';
import { OAuthCredentials } from '../../src/upstream/credentials/oauth.ts';
import { UpstreamError } from '../../src/upstream/payload/outcome.ts';
import { stopClock } from './support/clock.ts';

/** A client of a token endpoint whose responses the test gives. */
function startClient() {
  const asked: { give(accessToken: string, ttlSeconds: number): void; fail(): void }[] = [];
  const clock = stopClock();
  const credentials = new OAuthCredentials({
    hash: new KeyedHash(Buffer.alloc(32)),
    key: 'client',
    account: ownAccount('http://upstream', 'client'),
    fetchToken: () =>
      new Promise((resolve, reject) => {
        asked.push({
          give: (accessToken, ttlSeconds) => resolve({ accessToken, ttlSeconds }),
          fail: () => reject(new UpstreamError('failing', 'UPSTREAM_UNAVAILABLE', { cause: 'token endpoint 500' })),
        });
      }),
  });
  const obtain = async (customer = 'somebody') => tokenOf(await credentials.obtain(customer));
  /** A client with the token `first`, which is valid for this many seconds. */
  const withFirst = async (ttlSeconds: number) => {
    const waiting = obtain();
    asked[0]?.give('first', ttlSeconds);
    await waiting;
  };
  return { asked, clock, credentials, obtain, withFirst };
}

function tokenOf(credentials: Credentials | undefined): string {
  return credentials?.kind === 'oauth' ? credentials.token.reveal() : 'none';
}

test.each([
  [10, 8],
  [1, 0.8],
  [3600, 3540],
])('A token of %d s is renewed after %d s, and used in the meantime', async (ttlSeconds, renewedAfter) => {
  const { asked, clock, obtain, withFirst } = startClient();
  await withFirst(ttlSeconds);
  clock.pass(renewedAfter * 1000 - 1);
  expect(await obtain()).toBe('first');
  expect(asked).toHaveLength(1);
  clock.pass(1);
  expect([await obtain(), await obtain()]).toEqual(['first', 'first']);
  expect(asked).toHaveLength(2);
  asked[1]?.give('second', ttlSeconds);
  await turn();
  expect(await obtain()).toBe('second');
});

test('An expired token is not used even if its renewal fails', async () => {
  const { asked, clock, obtain, withFirst } = startClient();
  await withFirst(10);
  clock.pass(10_000);
  const waiting = obtain();
  asked[1]?.fail();
  await expect(waiting).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});

test('A token is used until it expires while its renewal fails', async () => {
  const { asked, clock, obtain, withFirst } = startClient();
  await withFirst(10);
  clock.pass(8000);
  await obtain();
  asked[1]?.fail();
  clock.pass(1999);
  expect(await obtain()).toBe('first');
});

test('A token endpoint that fails is not called for a pause that grows each time, and calls fail at once meanwhile', async () => {
  const { asked, clock, obtain } = startClient();
  for (const pause of [500, 1000, 2000]) {
    const before = asked.length;
    const waiting = obtain();
    asked[before]?.fail();
    await expect(waiting).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    clock.pass(pause - 1);
    await expect(obtain()).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryAfterSeconds: 1,
      cause: 'token endpoint 500',
    });
    expect(asked).toHaveLength(before + 1);
    clock.pass(1);
  }
  const waiting = obtain();
  asked.at(-1)?.give('first', 60);
  expect(await waiting).toBe('first');
});

/** A client of which upstream has refused the tokens `first` and `second`, for three customers. */
async function startRefused() {
  const client = startClient();
  const { asked, credentials, obtain } = client;
  await client.withFirst(3600);
  expect(credentials.refused(await credentials.obtain('a'), 'a')).toBe('token');
  const renewing = obtain();
  asked[1]?.give('second', 3600);
  expect(await renewing).toBe('second');
  const second = await credentials.obtain('a');
  expect(['a', 'b'].map((customer) => credentials.refused(second, customer))).toEqual(['customer', 'customer']);
  expect(await obtain()).toBe('second');
  expect(credentials.refused(second, 'c')).toBe('account');
  return client;
}

test('A client that is refused for three customers makes its calls fail at once for half a second, without a new token', async () => {
  const { asked, clock, obtain } = await startRefused();
  clock.pass(499);
  const refused = { code: 'UNAUTHENTICATED', retryAfterSeconds: 1, cause: 'fresh token refused' };
  await expect(obtain()).rejects.toMatchObject(refused);
  expect(asked).toHaveLength(2);
});

test('A refused client tries a new token after each pause, which grows up to half a minute', async () => {
  const { asked, clock, credentials, obtain } = await startRefused();
  for (const pause of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    clock.pass(pause - 1);
    await expect(obtain()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    clock.pass(1);
    const before = asked.length;
    const waiting = credentials.obtain('d');
    asked[before]?.give(`token ${before}`, 3600);
    expect(credentials.refused(await waiting, 'd')).toBe('account');
    expect(asked).toHaveLength(before + 1);
  }
});

test('For the customers that were refused the pause is twice as long', async () => {
  const { asked, clock, obtain } = await startRefused();
  clock.pass(500);
  const other = obtain('d');
  clock.pass(499);
  for (const customer of ['a', 'b', 'c']) {
    await expect(obtain(customer)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  }
  clock.pass(1);
  const waiting = obtain('a');
  asked[2]?.give('third', 3600);
  expect(await Promise.all([waiting, other])).toEqual(['third', 'third']);
});

test('A refused client makes calls again as soon as one is accepted', async () => {
  const { asked, credentials, obtain } = await startRefused();
  await expect(obtain('a')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  credentials.accepted();
  const waiting = obtain('a');
  asked[2]?.give('third', 3600);
  expect(await waiting).toBe('third');
});

test('A refused token is renewed once in ten seconds, whoever is refused', async () => {
  const { asked, clock, credentials, obtain, withFirst } = startClient();
  await withFirst(3600);
  expect(credentials.refused(await credentials.obtain('a'), 'a')).toBe('token');
  const renewing = obtain();
  asked[1]?.give('second', 3600);
  await renewing;
  const second = await credentials.obtain('a');
  for (const customer of ['a', 'b', 'c', 'd']) {
    expect(credentials.refused(second, customer)).toBe('customer');
    credentials.accepted();
  }
  clock.pass(9999);
  expect(credentials.refused(second, 'a')).toBe('customer');
  expect(asked).toHaveLength(2);
  clock.pass(1);
  expect(credentials.refused(second, 'a')).toBe('token');
});

test('A token that the calls for several customers are refused with counts once', async () => {
  const { asked, credentials, obtain, withFirst } = startClient();
  await withFirst(3600);
  const first = await credentials.obtain('a');
  expect(['a', 'b', 'c'].map((customer) => credentials.refused(first, customer))).toEqual(['token', 'token', 'token']);
  const renewing = obtain();
  asked[1]?.give('second', 3600);
  await renewing;
  expect(credentials.refused(first, 'd')).toBe('token');
  expect(await obtain()).toBe('second');
  expect(asked).toHaveLength(2);
});

test('The pause after a failure of the token endpoint is short again once it gave a token', async () => {
  const { asked, clock, obtain } = startClient();
  const fail = async (pause: number) => {
    const waiting = obtain();
    asked.at(-1)?.fail();
    await expect(waiting).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    clock.pass(pause);
  };
  await fail(500);
  await fail(1000);
  const waiting = obtain();
  asked.at(-1)?.give('first', 10);
  await waiting;
  clock.pass(10_000);
  await fail(500);
  const last = obtain();
  asked[4]?.give('second', 10);
  expect(await last).toBe('second');
});
