import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const [, table = ''] = /^\| folder \|[^\n]*\n(.*?)\n\n/ms.exec(readFileSync('docs/design.md', 'utf8')) ?? [];
/** The folders of src/ in docs/design.md, from top to bottom. Each imports only folders below it. */
const STOREYS = [...table.matchAll(/^\| `(\S+)`/gm)].map(([, folder]) => folder);

/** What a file imports, as paths in src/. */
function importsOf(path: string): string[] {
  const specifiers = readFileSync(join('src', path), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => join(dirname(path), specifier));
}

const storeyOf = (path: string): number => STOREYS.indexOf(path.split('/')[0] ?? '');

test('A folder imports only folders below it, and docs/design.md lists all', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => /\.(tsx?|js)$/.test(path));
  const imports = files.flatMap((from) => importsOf(from).map((to) => ({ from, to })));
  expect(readdirSync('src').toSorted()).toEqual(STOREYS.toSorted());
  expect(imports.filter(({ from, to }) => !(storeyOf(from) <= storeyOf(to)))).toEqual([]);
});
