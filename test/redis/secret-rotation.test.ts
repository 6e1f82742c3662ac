import { expect } from 'vitest';
import { customerEvent, EVENTS_TOKEN, postEvent } from '../support/events.ts';
import { someone } from '../support/questions.ts';
import { pages } from '../support/upstream.ts';
import { test } from './support/fixture.ts';
import { askGateway, cacheOf, idsOf, startInstance, stopAll } from './support/gateways.ts';

const SETTINGS = { CACHE_TTL_SECONDS: '600', UPSTREAM_RETRIES: '0', EVENTS_TOKEN };
const OLD = { ...SETTINGS, CACHE_SECRET: 'the secret of last year, which is replaced' };
const BOTH = {
  ...SETTINGS,
  CACHE_SECRET: 'the secret of this year, which replaces it',
  CACHE_SECRET_PREVIOUS: OLD.CACHE_SECRET,
};
const NEW = { ...SETTINGS, CACHE_SECRET: BOTH.CACHE_SECRET };

test('While a secret is replaced, entries of the old one are read, and new ones use the new one', async ({
  upstream,
  redis,
}) => {
  const gateways = await Promise.all([OLD, BOTH, NEW].map((env) => startInstance(upstream, redis, env)));
  const [old, both, fresh] = gateways as [(typeof gateways)[0], (typeof gateways)[0], (typeof gateways)[0]];
  const mobile = someone();
  await askGateway(old, { mobile });
  expect(cacheOf(await askGateway(both, { mobile })).state).toBe('HIT');
  expect(cacheOf(await askGateway(fresh, { mobile })).state).toBe('MISS');
  const another = someone();
  await askGateway(both, { mobile: another });
  expect(cacheOf(await askGateway(fresh, { mobile: another })).state).toBe('HIT');
  expect(cacheOf(await askGateway(old, { mobile: another })).state).toBe('MISS');
  await stopAll(gateways);
});

test('While a secret is replaced, an event at any gateway counts at all gateways', async ({ upstream, redis }) => {
  const gateways = await Promise.all([OLD, BOTH].map((env) => startInstance(upstream, redis, env)));
  for (const receiver of gateways) {
    for (const writer of gateways) {
      const mobile = someone();
      upstream.reply(pages(1, mobile));
      for (const gateway of [writer, ...gateways]) await askGateway(gateway, { mobile });
      upstream.reply(pages(2, mobile));
      const { status } = await postEvent(new URL(receiver.url).origin, customerEvent({ customerId: mobile }));
      expect(status).toBe(202);
      for (const gateway of gateways) expect(idsOf(await askGateway(gateway, { mobile }))).toHaveLength(2);
    }
  }
  await stopAll(gateways);
});
