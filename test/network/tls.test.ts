import { execFileSync } from 'node:child_process';
import { expect } from 'vitest';
import { askOne, outcomeOf } from '../support/questions.ts';
import { test } from './support/fixture.ts';

test('A certificate of the CA in UPSTREAM_CA_FILE is trusted', async ({ ca, startHost, startGateway }) => {
  const upstream = await startHost(ca.issue('upstream'));
  const gateway = await startGateway({ UPSTREAM_URL: upstream.url, UPSTREAM_CA_FILE: ca.certFile });
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
});

test.for([
  ['an unknown CA', 'valid', false, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['a known CA, but out of date', 'expired', true, 'CERT_HAS_EXPIRED'],
] as const)(
  'A certificate of %s is refused, and the log line says why',
  async ([, validity, trusted, cause], { ca, startHost, startGateway }) => {
    const upstream = await startHost(ca.issue(`upstream-${validity}`, validity));
    const gateway = await startGateway({
      UPSTREAM_URL: upstream.url,
      UPSTREAM_RETRIES: '0',
      ...(trusted && { UPSTREAM_CA_FILE: ca.certFile }),
    });
    const answer = await askOne(gateway);
    expect(outcomeOf(answer)).toBe('UPSTREAM_UNAVAILABLE');
    expect(answer.text).not.toContain(cause);
    expect(await gateway.logs.logged(({ msg }) => msg === 'upstream call failed')).toMatchObject({ cause });
    expect(upstream.asked).toEqual([]);
  },
);

test('The gateway sends upstream its client certificate', async ({ ca, startHost, startGateway }) => {
  const upstream = await startHost({
    ...ca.issue('upstream'),
    ca: ca.cert,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const client = ca.issue('gateway');
  const trusting = { UPSTREAM_URL: upstream.url, UPSTREAM_CA_FILE: ca.certFile, UPSTREAM_RETRIES: '0' };
  expect(outcomeOf(await askOne(await startGateway(trusting)))).toBe('UPSTREAM_UNAVAILABLE');
  const gateway = await startGateway({
    ...trusting,
    UPSTREAM_CLIENT_CERT_FILE: client.certFile,
    UPSTREAM_CLIENT_KEY_FILE: client.keyFile,
  });
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(upstream.asked.map(({ client: name }) => name)).toEqual(['gateway']);
});

test('The log line says that upstream refuses the client certificate, and why', async ({
  ca,
  startVerifyingServer,
  startGateway,
}) => {
  const client = ca.issue('gateway-expired', 'expired');
  const gateway = await startGateway({
    UPSTREAM_URL: await startVerifyingServer(),
    UPSTREAM_CA_FILE: ca.certFile,
    UPSTREAM_CLIENT_CERT_FILE: client.certFile,
    UPSTREAM_CLIENT_KEY_FILE: client.keyFile,
    UPSTREAM_RETRIES: '0',
  });
  expect(outcomeOf(await askOne(gateway))).toBe('UPSTREAM_UNAVAILABLE');
  const { cause } = await gateway.logs.logged(({ msg }) => msg === 'upstream call failed');
  expect(cause).toMatch(/^ERR_SSL_(SSLV3|SSL\/TLS)_ALERT_CERTIFICATE_EXPIRED$/);
});

test('A metric says when the client certificate ends', async ({ ca, startHost, startGateway }) => {
  const upstream = await startHost(ca.issue('upstream'));
  const client = ca.issue('gateway');
  const settings = { UPSTREAM_URL: upstream.url, METRICS: 'true' };
  const metric = 'gateway_upstream_client_certificate_end_timestamp_seconds';
  const samples = async (env: Record<string, string>) =>
    [...(await (await startGateway(env)).metrics()).matchAll(new RegExp(`^${metric} (.*)$`, 'gm'))].map(([, value]) =>
      Number(value),
    );
  const certificate = { UPSTREAM_CLIENT_CERT_FILE: client.certFile, UPSTREAM_CLIENT_KEY_FILE: client.keyFile };
  expect(await samples({ ...settings, ...certificate })).toEqual([endOf(client.certFile)]);
  expect(await samples(settings)).toEqual([]);
});

/** The end of a certificate as openssl reads it, in Unix time. */
function endOf(file: string): number {
  const end = execFileSync('openssl', ['x509', '-in', file, '-noout', '-enddate'], { encoding: 'utf8' });
  return Date.parse(end.replace('notAfter=', '')) / 1000;
}
