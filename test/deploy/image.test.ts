import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/process.ts';
import { imageArguments, imageEnvironment, imageLabels, instructions } from './support/image.ts';

const USER = 1000;

/** The folders of the dependencies that the image has, which are those not only for development. */
function runtimeDependencies(): string[] {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  return Object.entries(packages)
    .filter(([path, { dev, optional }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !dev && !optional)
    .map(([path]) => path);
}

/** A read-only folder with the files of the image, and this Node beside it: another user may not read the clone. */
function unpackImage(): { folder: string; node: string } {
  const root = mkdtempSync(join(tmpdir(), 'image-'));
  const folder = join(root, 'app');
  onTestFinished(() => {
    chmodSync(folder, 0o755);
    rmSync(root, { recursive: true });
  });
  chmodSync(root, 0o755);
  mkdirSync(folder);
  for (const line of instructions('COPY')) {
    const sources = line
      .replace(/^--from=\S+ /, '')
      .split(' ')
      .slice(0, -1);
    for (const source of sources.map((path) => basename(path))) {
      const copied = source === 'node_modules' ? runtimeDependencies() : [source];
      for (const path of copied) cpSync(path, join(folder, path), { recursive: true });
    }
  }
  chmodSync(folder, 0o555);
  const node = join(root, 'node');
  copyFileSync(process.execPath, node);
  return { folder, node };
}

/** Runs as the image's user, if the test is allowed to. */
const credentials = process.getuid?.() === 0 ? { uid: USER, gid: USER } : {};

const commandOf = (line: string): string[] => JSON.parse(line.slice(line.indexOf('[')));

test('The image shows the same as npm start, as a user with a number, from a folder that it cannot write to', async () => {
  expect(instructions('USER')).toEqual([`${USER}:${USER}`]);
  const { folder: cwd, node } = unpackImage();
  const [, ...args] = commandOf(instructions('CMD')[0] ?? '');
  const port = String(await freePort());
  const env = { ...imageEnvironment(), PORT: port, TMPDIR: '/nonexistent', PATH: process.env.PATH ?? '' };
  expect(env).not.toHaveProperty('NODE_ENV');

  const program = spawn(node, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'], ...credentials });
  const exited = once(program, 'exit');
  onTestFinished(() => {
    program.kill('SIGKILL');
  });
  for await (const chunk of program.stdout) if (String(chunk).includes('GraphQL')) break;
  const page = await fetch(`http://127.0.0.1:${port}/graphql`, { headers: { accept: 'text/html' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);

  const [, ...check] = commandOf(instructions('HEALTHCHECK')[0] ?? '');
  expect(spawnSync(process.execPath, check, { env }).status).toBe(0);
  program.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(spawnSync(process.execPath, check, { env }).status).toBe(1);
});

test('The image is labelled as the Open Container Initiative has it, with the version of package.json', () => {
  const { version, license } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(imageArguments().VERSION).toBe(version);
  expect(imageLabels()).toMatchObject({
    'org.opencontainers.image.title': 'promotions-gateway',
    'org.opencontainers.image.version': '$VERSION',
    'org.opencontainers.image.revision': '$REVISION',
    'org.opencontainers.image.created': '$CREATED',
    'org.opencontainers.image.licenses': license,
  });
});

test('The image gets its dependencies from the lock file, and none for development', () => {
  const file = readFileSync('Dockerfile', 'utf8');
  expect(file).toContain('RUN npm ci --omit=dev --ignore-scripts');
  expect(file).not.toMatch(/npm install|:latest/);
});
