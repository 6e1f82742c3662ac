import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const DESIGN = readFileSync('docs/design.md', 'utf8');
/** Folders that every folder may import. */
const EVERYWHERE = new Set(['model', 'config']);

const FILES = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (path) => /\.(ts|js)$/.test(path) && !path.startsWith('playground'),
);
const IMPORTS = new Map(FILES.map((path) => [path, importsOf(path)]));

function importsOf(path: string): string[] {
  const text = readFileSync(join('src', path), 'utf8');
  const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => join(dirname(path), specifier));
}

function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : path.replace(/\.\w+$/, '');
}

/** `[from, to]` of every import that leaves its folder. */
function folderImports(): [string, string][] {
  return [...IMPORTS].flatMap(([path, imports]) =>
    imports
      .map((imported): [string, string] => [folderOf(path), folderOf(imported)])
      .filter(([from, to]) => from !== to && !EVERYWHERE.has(to) && !EVERYWHERE.has(from)),
  );
}

/** The folders of the diagram, from top to bottom. */
const FOLDERS = [...DESIGN.matchAll(/^ {2}(\w+)\["/gm)].map(([, folder = '']) => folder);

describe('The design document', () => {
  test('The diagram shows exactly the imports between folders', () => {
    const drawn = [...DESIGN.matchAll(/^ {2}(\w+)(?:\[".*?"\])? --> (\w+)/gm)].map(
      ([, from, to]) => `${from} --> ${to}`,
    );
    const real = new Set(folderImports().map(([from, to]) => `${from} --> ${to}`));
    expect(drawn.toSorted()).toEqual([...real].sort());
  });

  test('Every import between folders goes downwards in the diagram', () => {
    const upwards = folderImports().filter(([from, to]) => FOLDERS.indexOf(to) <= FOLDERS.indexOf(from));
    expect(upwards).toEqual([]);
  });

  test('Every file named in the document exists', () => {
    const named = [...DESIGN.matchAll(/`src\/([\w./]+\.\w+)`/g)].map(([, path = '']) => path);
    expect(named.filter((path) => !FILES.includes(path))).toEqual([]);
    expect(named.length).toBeGreaterThan(5);
  });
});

describe('The source', () => {
  test('No file imports itself through others', () => {
    const done = new Set<string>();
    const circleFrom = (path: string, trail: readonly string[]): readonly string[] => {
      if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
      if (done.has(path)) return [];
      for (const imported of IMPORTS.get(path) ?? []) {
        const circle = circleFrom(imported, [...trail, path]);
        if (circle.length > 0) return circle;
      }
      done.add(path);
      return [];
    };
    expect(FILES.flatMap((path) => circleFrom(path, []))).toEqual([]);
  });

  test('No file is longer than 250 lines', () => {
    const long = FILES.filter((path) => !path.endsWith('generated.ts'))
      .map((path) => [path, readFileSync(join('src', path), 'utf8').split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 250);
    expect(long).toEqual([]);
  });

  test('No folder holds more than 13 files', () => {
    const folders = Map.groupBy(FILES, (path) => dirname(path));
    const full = [...folders].filter(([, files]) => files.length > 13).map(([folder, files]) => [folder, files.length]);
    expect(full).toEqual([]);
  });
});
