import { describe, expect, vi } from 'vitest';
import { startRouter } from '../../examples/supergraph/router.ts';
import { sha256 } from '../support/credentials.ts';
import { ask } from '../support/gateway.ts';
import { freePort } from '../support/process.ts';
import { ROUTERS } from '../support/supergraph.ts';
import { silent, type TestUpstream } from '../support/upstream.ts';
import { testWithSupergraph } from './support/fixture.ts';

const KEYS = Array.from({ length: 40 }, (_, i) => `key-${i}`);
let used = 0;
/** The headers of a caller who has not sent a request yet. */
const someone = () => ({ 'x-api-key': KEYS[used++] ?? '' });

const test = testWithSupergraph(async () => ({
  env: {
    UPSTREAM_AUTH: 'basic',
    UPSTREAM_USERNAME: 'till',
    UPSTREAM_PASSWORD: 'secret',
    AUTH_MODE: 'api-key',
    AUTH_API_KEYS: KEYS.map((key, i) => `till${i}:${sha256(key)}`).join(),
    RATE_LIMIT_PER_MINUTE: '1',
    MAX_BODY_BYTES: '1024',
    MAX_IN_FLIGHT: '1',
    MAX_UPSTREAM_CALLS: '2',
  },
}));

const root = (customers: number) =>
  `{ ${Array.from({ length: customers }, (_, i) => `c${i + 1}: customer(identifier: { name: ID, value: "${i + 1}" }, source: ALL) { customerId }`).join(' ')} }`;
const join = (emails: readonly string[]) =>
  `{ accounts(emails: ${JSON.stringify(emails)}) { loyalty { customerId } } }`;
const JOIN = join(['a@x.com', 'b@x.com']);
const HUGE = join([`${'a'.repeat(600)}@x.com`, `${'b'.repeat(600)}@x.com`]);
const AT_JOIN = ['accounts.0.loyalty', 'accounts.1.loyalty'];

type Refused = {
  readonly code: string;
  readonly what: 'a root field' | 'a join';
  readonly query: string;
  /** The places that the request was for, which each router names in its way. */
  readonly at: readonly string[];
  readonly headers?: Record<string, string>;
  readonly retry?: boolean;
};

const REFUSED: readonly Refused[] = [
  { code: 'UNAUTHENTICATED', what: 'a root field', query: root(1), at: ['c1'], headers: {} },
  { code: 'UNAUTHENTICATED', what: 'a join', query: JOIN, at: AT_JOIN, headers: {} },
  { code: 'BODY_TOO_LARGE', what: 'a join', query: HUGE, at: AT_JOIN },
  { code: 'RATE_LIMITED', what: 'a root field', query: root(1), at: ['c1'], retry: true },
  { code: 'RATE_LIMITED', what: 'a join', query: JOIN, at: AT_JOIN, retry: true },
  { code: 'OVERLOADED', what: 'a root field', query: root(1), at: ['c1'], retry: true },
  { code: 'OVERLOADED', what: 'a join', query: JOIN, at: AT_JOIN, retry: true },
  { code: 'OPERATION_TOO_EXPENSIVE', what: 'a root field', query: root(3), at: ['c1', 'c2', 'c3'] },
];

/** Where each router puts the error of a refused request: the example's Apollo Gateway at each place that it was for. */
const PLACES: Record<(typeof ROUTERS)[number], (at: readonly string[]) => readonly string[]> = {
  'Apollo Gateway': (at) => at,
  'Hive Gateway': (at) => (at === AT_JOIN ? at.map((place) => `${place}.customerId`) : at),
  "Hive Gateway's Rust planner": (at) => (at === AT_JOIN ? ['accounts.loyalty'] : at.slice(0, 1)),
};
const ADDRESS = /localhost|127\.0\.0\.1|http:/;

describe.each(ROUTERS)('Through %s', (router) => {
  test.for(REFUSED)(
    '$code for $what keeps its code and place, and shows no internal address',
    async (refused, { supergraph, upstream }) => {
      const { code, query, at, headers = someone(), retry = false } = refused;
      if (code === 'RATE_LIMITED') expect((await supergraph.ask(router, JOIN, { headers })).errors).toBeUndefined();
      const release = code === 'OVERLOADED' ? await holdOne(supergraph.promotionsUrl, upstream) : undefined;
      const { errors, text } = await supergraph.ask(router, query, { headers });
      await release?.();
      expect(errors?.map(({ path }) => path?.join('.'))).toEqual(PLACES[router](at));
      for (const { extensions } of errors ?? []) {
        expect(extensions).toMatchObject({ code, ...(retry && { retryAfterSeconds: expect.any(Number) }) });
      }
      expect(text).not.toMatch(ADDRESS);
    },
  );
});

test("The example's router tells a client which subgraph did not answer, and only its operators why", async ({
  supergraph,
}) => {
  const printed = vi.spyOn(console, 'error').mockReturnValue();
  const router = await startRouter(supergraph.sdl.replaceAll(supergraph.promotionsUrl, await nobody()), 0);
  const { errors, text } = await ask(router.url, JOIN);
  await router.close();
  expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions.code])).toEqual(
    AT_JOIN.map((place) => [place, 'SUBGRAPH_UNAVAILABLE']),
  );
  expect(text).not.toMatch(ADDRESS);
  expect(String(printed.mock.lastCall)).toMatch(ADDRESS);
  printed.mockRestore();
});

/** Makes the gateway as busy as it may be. The result ends that. */
async function holdOne(url: string, upstream: TestUpstream): Promise<() => Promise<void>> {
  upstream.reply(silent);
  const client = new AbortController();
  const held = ask(url, root(1), { headers: someone(), signal: client.signal });
  await upstream.callsReached(1);
  return async () => {
    client.abort();
    await expect(held).rejects.toThrow();
    await upstream.abortsReached(1);
  };
}

async function nobody(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}/graphql`;
}
