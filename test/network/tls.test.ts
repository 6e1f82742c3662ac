import { expect } from 'vitest';
import { ask, BASIC } from '../support/gateway.ts';
import { mount } from '../support/mount.ts';
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

test('The client certificate and the CA are used again from their changed files, all of them or none', async ({
  ca,
  startHost,
  startGatewayProgram,
}) => {
  const upstream = await startHost({
    ...ca.issue('upstream'),
    ca: ca.cert,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const [first, second] = [ca.issue('first'), ca.issue('second')];
  const files = mount({ ca: ca.cert, cert: first.cert, key: first.key });
  const { url, program } = await startGatewayProgram({
    UPSTREAM_URL: upstream.url,
    UPSTREAM_CA_FILE: files.path('ca'),
    UPSTREAM_CLIENT_CERT_FILE: files.path('cert'),
    UPSTREAM_CLIENT_KEY_FILE: files.path('key'),
    LOG_FORMAT: 'json',
  });
  const client = async () => {
    const query = '{ customer(identifier: { name: MOBILE, value: "917406400033" }, source: INSTORE) { id } }';
    expect((await ask(url, query, { headers: { authorization: BASIC } })).errors).toBeUndefined();
    return upstream.asked.at(-1)?.client;
  };
  expect(await client()).toBe('first');

  files.replace({ ca: ca.cert, cert: second.cert, key: second.key });
  await program.printed(
    /"renewed":\["UPSTREAM_CA_FILE","UPSTREAM_CLIENT_CERT_FILE","UPSTREAM_CLIENT_KEY_FILE"\],"msg":"settings reloaded from changed files"/,
  );
  expect(await client()).toBe('second');

  files.replace({ ca: ca.cert, cert: first.cert, key: second.key });
  await program.printed(
    /"reason":"UPSTREAM_CLIENT_KEY_FILE: The file is not the private key of UPSTREAM_CLIENT_CERT_FILE[^"]*","msg":"changed files are invalid, so the previous settings stay in use"/,
  );
  expect(await client()).toBe('second');
});
