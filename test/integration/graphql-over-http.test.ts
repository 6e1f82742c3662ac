import { serverAudits } from 'graphql-http';
import { describe, expect } from 'vitest';
import { testWith } from '../support/fixture.ts';

const uncached = testWith({});
const cached = testWith({ CACHE_TTL_SECONDS: '60' });

/** Audits by name. The gateway's `url` is set after its start. */
const auditsOf = (url: string) =>
  serverAudits({
    url,
    // The header that the protection against cross-site request forgery requires for simple requests.
    fetchFn: (address: string, init: RequestInit = {}) =>
      fetch(address, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), 'apollo-require-preflight': 'true' },
      }),
  });
const AUDITS = auditsOf('http://unknown').map(({ id, name }) => ({ id, name }));

// With a cache, bodies are parsed by other hooks.
describe.for([
  ['off', uncached],
  ['on', cached],
] as const)('The GraphQL-over-HTTP specification, with the cache %s,', ([, test]) => {
  test('has 61 audits in graphql-http', () => {
    expect(AUDITS).toHaveLength(61);
  });

  test.for(AUDITS)('is followed: $id $name', async ({ id }, { gateway }) => {
    const audit = auditsOf(gateway.url).find((each) => each.id === id);
    expect(await audit?.fn()).toMatchObject({ status: 'ok' });
  });
});
