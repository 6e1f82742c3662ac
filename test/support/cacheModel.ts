import fc from 'fast-check';
import { expect } from 'vitest';
import { OTHER_BASIC } from './credentials.ts';
import { customerEvent, postEvent } from './events.ts';
import { ask, BASIC } from './gateway.ts';
import { outcomeOf } from './questions.ts';
import { json, pageBody, type TestUpstream, text } from './upstream.ts';

/** The settings of the model's gateways. */
export const MODEL_SETTINGS = {
  CACHE_TTL_SECONDS: '600',
  CACHE_STALE_SECONDS: '600',
  CACHE_CLIENT_CONTROL: 'all',
  UPSTREAM_RETRIES: '0',
  // Runs are many and fast, and must reach neither the budget nor the adaptive limit.
  UPSTREAM_REQUESTS_PER_MINUTE: '1000000',
};

const CALLERS = [BASIC, OTHER_BASIC] as const;
const SCOPES = ['SELF', 'ALL'] as const;
const KINDS = ['MOBILE', 'EMAIL', 'ID'] as const;
type Kind = (typeof KINDS)[number];

const index = (length: number) => fc.nat({ max: length - 1 });
const customer = index(3);
const gateway = index(2);

/** One step of a run. The next step does not wait for a step with `atOnce`. */
const step = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      gateway,
      customer,
      caller: index(2),
      scope: index(2),
      by: fc.constantFrom(...KINDS),
      anew: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      atOnce: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('event' as const),
      gateway,
      customer,
      by: fc.constantFrom<Kind | 'all'>('ID', 'all'),
      atOnce: fc.constant(false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom<'refuse' | 'accept'>('refuse', 'accept'),
      caller: index(2),
      atOnce: fc.constant(false),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

export const steps = fc.array(step, { minLength: 2, maxLength: 60, size: 'max' });

/** The customers of one run. No two runs share any. */
function identifierOf(run: number, which: number, kind: Kind): string {
  const number = `${700_000_000 + run * 10 + which}`;
  switch (kind) {
    case 'ID':
      return number;
    case 'MOBILE':
      return `91${number}`;
    case 'EMAIL':
      return `c${number}@example.com`;
  }
}

let runs = 0;

/**
 * Runs these steps against two gateways and checks each response. It must belong to the caller, data scope and customer of the
 * query. Its call must have reached upstream after the customer's last event that was acknowledged before the query, after the
 * last refusal of the caller's credentials, and after the query itself if that requires a new page.
 * @returns how many responses came from the cache
 */
export async function play(
  upstream: TestUpstream,
  gateways: readonly [{ readonly url: string }, { readonly url: string }],
  given: readonly Step[],
): Promise<number> {
  const run = ++runs;
  let calls = 0;
  let hits = 0;
  const refused = new Set<string>();
  const changedAt = [0, 0, 0];
  const refusedAt = new Map<string, number>();
  upstream.reply((call, response) => {
    const authorization = call.headers.authorization ?? '';
    if (refused.has(authorization)) return text('', 401)(call, response);
    const number = /7\d{8}/.exec(call.query.identifierValue ?? '')?.[0] ?? '';
    const body = pageBody(1, 0, 1, number);
    const promotionName = JSON.stringify({ authorization, scope: call.headers['data-scope'], number, call: ++calls });
    return json({ ...body, promotions: [{ promotionId: 1, promotionName }] })(call, response);
  });
  const pending: Promise<void>[] = [];
  for (const each of given) {
    const done = (async () => {
      if (each.kind === 'refuse') refused.add(CALLERS[each.caller] ?? '');
      else if (each.kind === 'accept') refused.delete(CALLERS[each.caller] ?? '');
      else if (each.kind === 'event') {
        const before = calls;
        const customerId = Number(identifierOf(run, each.customer, 'ID'));
        const instore = { mobile: identifierOf(run, each.customer, 'MOBILE') };
        const event = customerEvent(each.by === 'all' ? { customerId, instore } : { customerId });
        const { status } = await postEvent(new URL(gateways[each.gateway === 0 ? 0 : 1].url).origin, event);
        expect(status).toBe(202);
        changedAt[each.customer] = Math.max(changedAt[each.customer] ?? 0, before);
      } else if (each.kind === 'ask') {
        const authorization = CALLERS[each.caller] ?? '';
        const scope = SCOPES[each.scope] ?? '';
        const mayBeRefused = refused.has(authorization);
        const floor = Math.max(changedAt[each.customer] ?? 0, refusedAt.get(authorization) ?? 0, each.anew ? calls : 0);
        const identifier = `{ name: ${each.by}, value: "${identifierOf(run, each.customer, each.by)}" }`;
        const answer = await ask(
          gateways[each.gateway === 0 ? 0 : 1].url,
          `{ customer(identifier: ${identifier}, source: INSTORE) { promotions(limit: 1) { items { name } } } }`,
          {
            headers: {
              authorization,
              'data-scope': scope,
              'x-gateway-debug': '1',
              ...(each.anew && { 'cache-control': 'no-cache' }),
            },
          },
        );
        if (outcomeOf(answer) === 'UNAUTHENTICATED') {
          expect(mayBeRefused || refused.has(authorization)).toBe(true);
          refusedAt.set(authorization, calls);
          return;
        }
        expect(answer.errors).toBe(undefined);
        const { call, ...rest } = JSON.parse(answer.data.customer.promotions.items[0].name);
        expect(rest).toEqual({ authorization, scope, number: identifierOf(run, each.customer, 'ID') });
        expect(call).toBeGreaterThan(floor);
        if (answer.extensions.cache.state === 'HIT') hits++;
      }
    })();
    pending.push(done);
    if (!each.atOnce) await done;
  }
  await Promise.all(pending);
  return hits;
}
