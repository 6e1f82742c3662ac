import { readFileSync } from 'node:fs';

/** docs/operating.md: what it says of log lines and spans. */
const OPERATING_PAGE = readFileSync('docs/operating.md', 'utf8');

/** The names in backticks in a cell of a table. */
function namesIn(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** The rows of the table under this header, as cells. */
function rowsUnder(header: string): string[][] {
  const [, table = ''] = OPERATING_PAGE.split(`${header}\n`);
  const lines = table.split('\n').slice(1);
  return lines.slice(0, lines.indexOf('')).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

export type DocumentedLine = { readonly msg: string; readonly level: string; readonly members: readonly string[] };

/** The log lines that the page lists. */
export function documentedLines(): DocumentedLine[] {
  return rowsUnder('| `msg` | level | members | when |').map(([msg, level = '', members]) => ({
    msg: namesIn(msg).join(),
    level,
    members: namesIn(members),
  }));
}

/** The members that the page explains. */
export function documentedMembers(): string[] {
  return rowsUnder('| member | what it is |').flatMap(([members]) => namesIn(members));
}

export type DocumentedSpan = { readonly name: string; readonly kind: string; readonly attributes: readonly string[] };

/** The spans that the page lists. */
export function documentedSpans(): DocumentedSpan[] {
  return rowsUnder('| span | kind | attributes |').flatMap(([names, kind = '', attributes]) =>
    namesIn(names).map((name) => ({ name, kind, attributes: namesIn(attributes) })),
  );
}
