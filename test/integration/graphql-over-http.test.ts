import { serverAudits } from 'graphql-http';
import { describe, expect } from 'vitest';
import { testWith } from '../support/fixture.ts';

const test = testWith({});

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

describe('The GraphQL-over-HTTP specification', () => {
  test('has 61 audits in graphql-http', () => {
    expect(AUDITS).toHaveLength(61);
  });

  test.for(AUDITS)('is followed: $id $name', async ({ id }, { gateway }) => {
    const audit = auditsOf(gateway.url).find((each) => each.id === id);
    expect(await audit?.fn()).toMatchObject({ status: 'ok' });
  });
});
