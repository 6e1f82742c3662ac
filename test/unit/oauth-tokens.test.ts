import { describe, expect, test } from 'vitest';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import type { Credentials } from '../../src/upstream/credentials/credentials.ts';
import { OAuthCredentials } from '../../src/upstream/credentials/oauth.ts';

/** A token endpoint whose answers are given by hand, and a clock that is set by hand. */
function startClient() {
  const asked: { give(accessToken: string, ttlSeconds: number): void; fail(): void }[] = [];
  const clock = { now: 0 };
  const credentials = new OAuthCredentials(
    new KeyedHash(Buffer.alloc(32)),
    'client',
    () =>
      new Promise((resolve, reject) => {
        asked.push({
          give: (accessToken, ttlSeconds) => resolve({ accessToken, ttlSeconds }),
          fail: () => reject(new Error('no token')),
        });
      }),
    () => clock.now,
  );
  const obtain = async () => tokenOf(await credentials.obtain());
  /** A client that holds the token `first` for so many seconds. */
  const withFirst = async (ttlSeconds: number) => {
    const waiting = obtain();
    asked[0]?.give('first', ttlSeconds);
    await waiting;
  };
  return { asked, clock, credentials, obtain, withFirst };
}

function tokenOf(credentials: Credentials): string {
  return credentials.kind === 'oauth' ? credentials.token.reveal() : credentials.kind;
}

describe('A token', () => {
  test('is asked for once, however many wait', async () => {
    const { asked, obtain } = startClient();
    const waiting = Promise.all(Array.from({ length: 40 }, obtain));
    asked[0]?.give('first', 60);
    expect(new Set(await waiting)).toEqual(new Set(['first']));
    expect(asked).toHaveLength(1);
  });

  test.each([
    [10, 8],
    [1, 0.8],
    [3600, 3540],
  ])('of %d s is renewed after %d s, while the old one still serves', async (ttlSeconds, renewedAfter) => {
    const { asked, clock, obtain, withFirst } = startClient();
    await withFirst(ttlSeconds);
    clock.now = renewedAfter * 1000 - 1;
    expect(await obtain()).toBe('first');
    expect(asked).toHaveLength(1);
    clock.now = renewedAfter * 1000;
    expect([await obtain(), await obtain()]).toEqual(['first', 'first']);
    expect(asked).toHaveLength(2);
    asked[1]?.give('second', ttlSeconds);
    await expect.poll(obtain).toBe('second');
  });

  test('that has ended is not used, though the renewal fails', async () => {
    const { asked, clock, obtain, withFirst } = startClient();
    await withFirst(10);
    clock.now = 10_000;
    const waiting = obtain();
    asked[1]?.fail();
    await expect(waiting).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  test('serves on while its renewal fails, to its end', async () => {
    const { asked, clock, obtain, withFirst } = startClient();
    await withFirst(10);
    clock.now = 8000;
    await obtain();
    asked[1]?.fail();
    clock.now = 9999;
    expect(await obtain()).toBe('first');
  });

  test('that was refused is renewed once for all that hold it', async () => {
    const { asked, credentials, obtain, withFirst } = startClient();
    await withFirst(60);
    const refused = await credentials.obtain();
    const renewed = Promise.all([credentials.renew(refused), credentials.renew(refused)]);
    asked[1]?.give('second', 60);
    expect((await renewed).map(tokenOf)).toEqual(['second', 'second']);
    expect(tokenOf(await credentials.renew(refused))).toBe('second');
    expect(await obtain()).toBe('second');
    expect(asked).toHaveLength(2);
  });
});

test('A token endpoint that fails is left alone, longer each time, and calls fail at once meanwhile', async () => {
  const { asked, clock, obtain } = startClient();
  for (const pause of [500, 1000, 2000]) {
    const before = asked.length;
    const waiting = obtain();
    asked[before]?.fail();
    await expect(waiting).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    clock.now += pause - 1;
    await expect(obtain()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1 });
    expect(asked).toHaveLength(before + 1);
    clock.now += 1;
  }
  const waiting = obtain();
  asked.at(-1)?.give('first', 60);
  expect(await waiting).toBe('first');
});
