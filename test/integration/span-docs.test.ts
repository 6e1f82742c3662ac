import { expect } from 'vitest';
import { attributesOf, type Span } from '../support/collector.ts';
import { API_KEY_CALLERS, SHOP } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { jwtAuthentication } from '../support/identityProvider.ts';
import { type DocumentedSpan, documentedSpans } from '../support/operatingPage.ts';
import { askOne, someone } from '../support/questions.ts';
import { json } from '../support/upstream.ts';

const KINDS: Readonly<Record<number, string>> = { 2: 'server', 3: 'client' };

/** The spans in the form of the page: for each name, its kind and all its attributes. */
function shownBy(spans: readonly Span[]): DocumentedSpan[] {
  return [...Map.groupBy(spans, ({ name }) => name)].map(([name, same]) => ({
    name,
    kind: [...new Set(same.map(({ kind }) => KINDS[kind]))].join(),
    attributes: [...new Set(same.flatMap((span) => Object.keys(attributesOf(span))))],
  }));
}

function sorted(spans: readonly DocumentedSpan[]): DocumentedSpan[] {
  return spans
    .map(({ attributes, ...span }) => ({ ...span, attributes: attributes.toSorted() }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

test('docs/operating.md lists exactly the spans, with their kind and attributes', async ({
  startGateway,
  upstream,
  provider,
  time,
  collector,
}) => {
  const failure = json({ errors: [{ code: 500 }] }, 500, { 'X-Cap-Requestid': 'a1b2' });
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, UPSTREAM_RETRIES: '0' };

  const lookups = await startGateway({ ...API_KEY_CALLERS, ...tracing });
  const headers = { ...SHOP, 'apollographql-client-name': 'till' };
  upstream.reply(failure);
  const query = `query Offers { ${customer('id', someone())} }`;
  await lookups.query(query, { headers });
  await fetch(`${lookups.url}?query=${encodeURIComponent(query)}`, {
    headers: { ...headers, 'x-apollo-operation-name': 'Offers' },
  });

  const tokens = await startGateway({
    ...tracing,
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_OAUTH_KEY: 'the-key',
    UPSTREAM_OAUTH_SECRET: 'the-secret',
    ...jwtAuthentication(provider),
    AUTH_ANY_CUSTOMER_SCOPE: 'any',
  });
  const bearer = { authorization: `Bearer ${await provider.token({ scope: 'any' })}` };
  provider.fail(true);
  await askOne(tokens, undefined, { headers: bearer });
  provider.fail(false);
  // The key set is fetched at most once a second while it fails.
  await time.pass(1001);
  await askOne(tokens, undefined, { headers: bearer });

  for (const gateway of [lookups, tokens]) await gateway.close();
  expect(sorted(shownBy(collector.spans()))).toEqual(sorted(documentedSpans()));
});
