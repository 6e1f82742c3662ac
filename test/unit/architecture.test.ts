import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** The folders of src/ as docs/design.md lists them, from top to bottom. Each imports only folders below it. */
const STOREYS = [
  ...[
    'main.js',
    'start',
    'http',
    'callers',
    'operation',
    'graphql',
    'promotions',
    'telemetry',
    'calls',
    'cache',
    'upstream',
  ],
  ...['redis', 'sandbox', 'config', 'model'],
];

/** What a file imports, as paths in src/. */
function importsOf(path: string): string[] {
  const specifiers = readFileSync(join('src', path), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => join(dirname(path), specifier));
}

const storeyOf = (path: string): number => STOREYS.indexOf(path.split('/')[0] ?? '');

test('A folder imports only folders below it', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.(ts|js)$/.test(path) && !path.startsWith('playground'),
  );
  const imports = files.flatMap((from) => importsOf(from).map((to) => ({ from, to })));
  expect(files.filter((path) => storeyOf(path) === -1)).toEqual([]);
  expect(imports.filter(({ from, to }) => !(storeyOf(from) <= storeyOf(to)))).toEqual([]);
});
