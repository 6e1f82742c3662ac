import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);

/** A file of a page: a block of code whose first line is a comment with the path. `prints` is the block after it, if it has no language. */
export type Snippet = { readonly path: string; readonly text: string; readonly prints: string | undefined };

/** The snippets of a page of docs/. A path may be written several times: each is another app's. */
export function snippetsOf(page: string): Snippet[] {
  const blocks = readFileSync(page, 'utf8').matchAll(
    /^```\w+\n(?:\/\/|#) (\S+\.\w+)\n(.*?)^```$(?:\n\n```\n(.*?)^```$)?/gms,
  );
  return [...blocks].map(([, path = '', text = '', prints]) => ({ path, text, prints }));
}

export type NewApp = {
  readonly folder: string;
  /** Runs a program with this Node in the app's folder, and returns what it prints. */
  node(program: string, ...args: string[]): Promise<string>;
  /** The module of one of the app's files. */
  load(path: string): Promise<Record<string, unknown>>;
  /** Runs a package's program as `npx` would. */
  tool(path: string, ...args: string[]): Promise<string>;
};

let schema: Promise<string> | undefined;

/**
 * An app in an empty folder, with only these files and the packages of this project, in front of a gateway.
 * @param onEnd is told what removes it
 */
export async function newApp(
  url: string,
  snippets: readonly Snippet[],
  onEnd: (end: () => void) => void = onTestFinished,
): Promise<NewApp> {
  const folder = mkdtempSync(join(tmpdir(), 'app-'));
  onEnd(() => rmSync(folder, { recursive: true }));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text.replaceAll('http://localhost:4000/graphql', url));
  };
  write('package.json', '{ "type": "module" }');
  schema ??= run(process.execPath, ['src/graphql/printSchema.ts', '--client']).then(({ stdout }) => stdout);
  write('schema.graphql', await schema);
  for (const { path, text } of snippets) write(path, text);
  const node = async (program: string, ...args: string[]) =>
    (await run(process.execPath, [program, ...args], { cwd: folder, env: { PATH: process.env.PATH } })).stdout;
  const load = async (path: string) => import(pathToFileURL(join(folder, path)).href);
  return { folder, node, load, tool: (path, ...args) => node(resolve('node_modules', path), ...args) };
}
