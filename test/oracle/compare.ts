import type { GraphQLFormattedError } from 'graphql';
import { ANY, ANY_COUNT, MESSAGE, OPAQUE } from './expected.ts';

export type Answer = {
  readonly data?: unknown;
  readonly errors?: readonly Pick<GraphQLFormattedError, 'path' | 'extensions'>[] | undefined;
};

/** What the opaque values that the gateway has shown stand for: equal ones for equal things, different ones for different things. */
export class Meanings {
  readonly #shown = new Map<string, string>();
  readonly #meanings = new Map<string, string>();

  agree(meaning: string, shown: string): boolean {
    const before = this.#shown.get(meaning) ?? shown;
    const other = this.#meanings.get(shown) ?? meaning;
    this.#shown.set(meaning, before);
    this.#meanings.set(shown, other);
    return before === shown && other === meaning;
  }

  of(shown: string): string | undefined {
    return this.#meanings.get(shown);
  }

  /** What was shown for meanings that begin like this. */
  shownFor(beginning: string): string[] {
    return [...this.#shown].flatMap(([meaning, shown]) => (meaning.startsWith(beginning) ? [shown] : []));
  }
}

/**
 * Where an answer differs from the expected one; empty if it does not.
 * @param excused codes of errors that may be in the place of any value
 */
export function differences(
  expected: Answer,
  actual: Answer,
  meanings: Meanings,
  excused: readonly string[] = [],
): string[] {
  const [wanted, got] = [expected, actual].map(({ errors = [] }) =>
    errors.map(({ path = [], extensions }) => ({ path: ['data', ...path].join('.'), code: String(extensions?.code) })),
  ) as [Coded[], Coded[]];
  const lost = got.filter(({ code }) => excused.includes(code)).map(({ path }) => path);
  /** An error that is excused took the place of what is at this path. */
  const isLost = (path: string) =>
    lost.some((each) => `${each}.`.startsWith(`${path}.`) && valueAt(actual, path) === null);
  const remain = (errors: readonly Coded[]) =>
    errors
      .filter(({ path }) => !ancestors(path).some(isLost))
      .map(({ path, code }) => `${path}: ${code}`)
      .sort()
      .join();
  const missing = remain(wanted);
  const unexpected = remain(got);
  return [
    ...(missing === unexpected ? [] : [`errors: expected ${missing || 'none'}, got ${unexpected || 'none'}`]),
    ...compare(expected.data ?? null, actual.data ?? null, 'data', { meanings, isLost }),
  ];
}

type Coded = { readonly path: string; readonly code: string };
type Rules = { readonly meanings: Meanings; readonly isLost: (path: string) => boolean };

/** A path, and those of everything that it is in. */
function ancestors(path: string): string[] {
  const parts = path.split('.');
  return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
}

function valueAt({ data }: Answer, path: string): unknown {
  const parts = path.split('.').slice(1);
  return parts.reduce<unknown>((value, part) => (value as Record<string, unknown> | null)?.[part], data ?? null);
}

function compare(expected: unknown, actual: unknown, path: string, rules: Rules): string[] {
  const differ = () => [`${path}: expected ${shorten(expected)}, got ${shorten(actual)}`];
  if (actual === null && rules.isLost(path)) return [];
  if (expected === ANY_COUNT && typeof actual === 'number') return [];
  if (typeof expected === 'string' && typeof actual === 'string') {
    if (expected === ANY) return [];
    if (expected.startsWith(OPAQUE)) return rules.meanings.agree(expected, actual) ? [] : differ();
    // The gateway's messages about a promotion's value name the path in the page.
    if (expected.startsWith(MESSAGE)) {
      return actual.replace(/^promotions\[\]\./, '').startsWith(expected.slice(MESSAGE.length)) ? [] : differ();
    }
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return differ();
    if (path.endsWith('.warnings')) return unordered(expected, actual, path, rules);
    return expected.flatMap((each, i) => compare(each, actual[i], `${path}.${i}`, rules));
  }
  if (isObject(expected) && isObject(actual)) {
    const names = Object.keys(expected);
    if (names.join() !== Object.keys(actual).join()) return differ();
    return names.flatMap((name) => compare(expected[name], actual[name], `${path}.${name}`, rules));
  }
  return expected === actual ? [] : differ();
}

/** Warnings have no order. */
function unordered(expected: readonly unknown[], actual: readonly unknown[], path: string, rules: Rules): string[] {
  const left = [...actual];
  return expected.flatMap((each) => {
    const at = left.findIndex((other) => compare(each, other, path, rules).length === 0);
    if (at === -1) return [`${path}: no ${shorten(each)} among ${shorten(left)}`];
    left.splice(at, 1);
    return [];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
