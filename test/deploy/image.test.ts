import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, constants, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../support/process.ts';
import { imageArguments, imageEnvironment, imageLabels, instructions } from './support/image.ts';

const USER = 1000;

/** A read-only folder with the files of the image. */
function unpackImage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  onTestFinished(() => {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
  });
  for (const line of instructions('COPY')) {
    const sources = line
      .replace(/^--from=\S+ /, '')
      .split(' ')
      .slice(0, -1);
    for (const source of sources.map((path) => basename(path)))
      cpSync(source, join(folder, source), { recursive: true });
  }
  // The image's Node. This project's own may be in a folder that the image's user cannot enter.
  mkdirSync(join(folder, 'bin'));
  copyFileSync(process.execPath, join(folder, 'bin/node'), constants.COPYFILE_FICLONE);
  chmodSync(folder, 0o555);
  return folder;
}

/** Runs as the image's user, if the test is allowed to. */
const credentials = process.getuid?.() === 0 ? { uid: USER, gid: USER } : {};

const commandOf = (line: string): string[] => JSON.parse(line.slice(line.indexOf('[')));

/** Starts the image's command as its user, with only the image's variables and these. */
async function startImage(env: Record<string, string> = {}) {
  const cwd = unpackImage();
  const [command = '', ...args] = commandOf(instructions('CMD')[0] ?? '');
  const variables = {
    ...imageEnvironment(),
    PORT: String(await freePort()),
    // Without a terminal the start would be a line of JSON.
    LOG_FORMAT: 'pretty',
    TMPDIR: '/nonexistent',
    PATH: `${join(cwd, 'bin')}:${process.env.PATH}`,
    ...env,
  };
  const program = spawn(command, args, { cwd, env: variables, stdio: ['ignore', 'pipe', 'inherit'], ...credentials });
  const exited = once(program, 'exit');
  onTestFinished(() => {
    program.kill('SIGKILL');
  });
  const [checkCommand = '', ...check] = commandOf(instructions('HEALTHCHECK')[0] ?? '');
  const isHealthy = () => spawnSync(checkCommand, check, { env: variables }).status === 0;
  return { program, exited, isHealthy, url: `http://127.0.0.1:${variables.PORT}/graphql` };
}

/** What the image prints until it has started. */
async function banner(program: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  let printed = '';
  for await (const chunk of program.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    if (/^ {2}Cache/m.test(printed)) break;
  }
  return printed;
}

test('The image shows the same as npm start, as a user with a number, from a folder that it cannot write to', async () => {
  expect(instructions('USER')).toEqual([`${USER}:${USER}`]);
  expect(imageEnvironment()).not.toHaveProperty('NODE_ENV');
  const { program, exited, isHealthy, url } = await startImage();
  await banner(program);
  const page = await fetch(url, { headers: { accept: 'text/html' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(isHealthy()).toBe(true);
  program.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(isHealthy()).toBe(false);
});

test('With an upstream the image is in production, where the playground is off', async () => {
  const { program } = await startImage({ UPSTREAM_URL: 'https://upstream.example' });
  expect(await banner(program)).toMatch(/Playground +off/);
});

test('The image is labelled as the Open Container Initiative has it, with what a build says of its version', () => {
  const { license } = JSON.parse(readFileSync('package.json', 'utf8'));
  const given = parse(readFileSync('.github/workflows/release.yml', 'utf8')).jobs.image.steps.at(-1).with['build-args'];
  expect(given.match(/^\w+(?==)/gm)).toEqual(Object.keys(imageArguments()));
  expect(imageLabels()).toMatchObject({
    'org.opencontainers.image.title': 'promotions-gateway',
    'org.opencontainers.image.version': '$VERSION',
    'org.opencontainers.image.revision': '$REVISION',
    'org.opencontainers.image.created': '$CREATED',
    'org.opencontainers.image.licenses': license,
  });
});

test('The image has the program as it is built from the lock file, and nothing else', () => {
  const file = readFileSync('Dockerfile', 'utf8');
  expect(file).toContain('RUN npm ci --ignore-scripts');
  expect(file).not.toMatch(/npm install|:latest/);
  const copied = instructions('COPY').flatMap((line) =>
    line
      .replace(/^--from=\S+ /, '')
      .split(' ')
      .slice(0, -1),
  );
  expect(copied.map((path) => basename(path)).sort()).toEqual(['LICENSE', 'dist', 'package.json', 'schema']);
});
