import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { GATEWAY_PROGRAM } from '../support/process.ts';
import { test } from './support/fixture.ts';

test.for<[string, Record<string, string>, RegExp]>([
  ['a variable that cannot be read', { PORT: 'http' }, /^PORT: "http" is not a whole number.*\n$/],
  [
    'variables that do not go together',
    { UPSTREAM_AUTH: 'basic', UPSTREAM_USERNAME: 'a', UPSTREAM_PASSWORD: 'secret' },
    /^AUTH_MODE: .*\n$/,
  ],
  [
    'a file that is missing',
    { PERSISTED_OPERATIONS: '/nowhere.json' },
    /^PERSISTED_OPERATIONS: The manifest \/nowhere\.json cannot be read \(ENOENT\)\. .*\n$/,
  ],
  ['an address without its interface', { HOST: 'fe80::1' }, /^HOST: This machine does not have this address\. .*\n$/],
  ["another machine's address", { HOST: '192.0.2.1' }, /^HOST: This machine does not have this address\. .*\n$/],
  ['a host that there is not', { HOST: 'nowhere.invalid' }, /^HOST: This machine does not have this address\. .*\n$/],
])('The gateway exits with 1 and one line without a stack for %s', async ([, env, line], { startProgram }) => {
  const program = startProgram(GATEWAY_PROGRAM, { PORT: '0', LOG_FORMAT: 'pretty', ...env });
  expect(await program.exited).toBe(1);
  expect(program.output()).toMatch(line);
  expect(program.output()).not.toMatch(/secret| at /);
});

test('The reason of a failed start is on stderr if stdout cannot be written', async ({ startProgram }) => {
  const program = startProgram(
    GATEWAY_PROGRAM,
    { PORT: 'http', LOG_FORMAT: 'json' },
    [],
    ['sh', '-c', 'exec "$0" "$1" > /dev/full', process.execPath],
  );
  expect(await program.exited).toBe(1);
  expect(JSON.parse(program.output())).toMatchObject({ msg: 'start failed', cause: expect.stringMatching(/^PORT: /) });
});

test('A proxy in lower case is not used, and one warning says so', async ({ startProgram }) => {
  const env = { PORT: '0', LOG_FORMAT: 'json', https_proxy: 'http://user:hush-hush@proxy:3128' };
  const program = startProgram(GATEWAY_PROGRAM, env);
  await program.printed(/https_proxy is not read: set HTTPS_PROXY, in capitals/);
  await program.stop();
  expect(program.output().match(/https_proxy/g)).toHaveLength(1);
  expect(program.output()).not.toContain('hush-hush');
});

test.for(['PORT', 'METRICS_PORT'])(
  'The gateway exits with 1 and names a %s that is in use',
  async (variable, { startProgram }) => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      other.close();
    });
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const program = startProgram(GATEWAY_PROGRAM, { PORT: '0', LOG_FORMAT: 'pretty', [variable]: String(port) });
    expect(await program.exited).toBe(1);
    expect(program.output().trim()).toBe(
      `${variable}: Another program uses port ${port}. Set ${variable} to a free port.`,
    );
  },
);

/** Lets Node refuse to listen with this code, whoever runs this test and wherever. */
const refusingToListen = (code: string) =>
  `data:text/javascript,import { Server } from 'node:net';
  Server.prototype.listen = function () {
    const error = Object.assign(new Error('listen'), { code: '${code}' });
    process.nextTick(() => this.emit('error', error));
    return this;
  };`.replaceAll(/\s+/g, '%20');

test.for([
  ['PORT', { PORT: '80' }],
  ['METRICS_PORT', { PORT: '0', METRICS_PORT: '80' }],
] as const)(
  'The gateway exits with 1 and names a %s that its user may not use',
  async ([variable, ports], { startProgram }) => {
    const env = {
      LOG_FORMAT: 'pretty',
      UPSTREAM_URL: 'http://127.0.0.1',
      NODE_OPTIONS: `--import="${refusingToListen('EACCES')}"`,
    };
    const program = startProgram(GATEWAY_PROGRAM, { ...env, ...ports });
    expect(await program.exited).toBe(1);
    expect(program.output().trim()).toBe(
      `${variable}: This user is not allowed to listen on port 80. Set ${variable} to 1024 or above.`,
    );
  },
);

test('The gateway exits with 1 and names the HOST while nobody resolves it', async ({ startProgram }) => {
  const env = {
    HOST: 'gateway.internal',
    UPSTREAM_URL: 'http://127.0.0.1',
    NODE_OPTIONS: `--import="${refusingToListen('EAI_AGAIN')}"`,
  };
  const program = startProgram(GATEWAY_PROGRAM, { PORT: '0', LOG_FORMAT: 'pretty', ...env });
  expect(await program.exited).toBe(1);
  expect(program.output()).toMatch(/^HOST: This machine does not have this address\. .*\n$/);
});

test('A Node that is too old exits with the version that the gateway requires', async ({ startProgram }) => {
  const older = "data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '22.18.0' } })";
  const program = startProgram(GATEWAY_PROGRAM, { PORT: '0', NODE_OPTIONS: `--import="${older}"` });
  expect(await program.exited).toBe(1);
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(`>=${/^The gateway requires Node (\S+) or newer, got 22\.18\.0\./.exec(program.output())?.[1]}`).toBe(
    engines.node,
  );
});

test('With LOG_FORMAT=json, the reason why a start fails is a line of JSON too', async ({ startProgram }) => {
  const program = startProgram(GATEWAY_PROGRAM, { PORT: 'http', LOG_FORMAT: 'json' });
  expect(await program.exited).toBe(1);
  const { time: _, ...line } = JSON.parse(program.output());
  expect(line).toEqual({
    level: 60,
    msg: 'start failed',
    cause: expect.stringMatching(/^PORT: "http" is not a whole/),
  });
});
