const MARKED = /(<!-- generated: (\S+) -->\n).*?(<!-- end -->)/gs;

/**
 * The page with its generated parts written anew. A part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
 * @param parts Markdown by name. Throws if the page lacks one of them, or has another.
 */
export function withGenerated(page: string, parts: Readonly<Record<string, string>>): string {
  const missing = new Set(Object.keys(parts));
  const written = page.replace(MARKED, (_, begin: string, name: string, end: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`Nothing generates "${name}".`);
    missing.delete(name);
    return `${begin}${part}\n${end}`;
  });
  if (missing.size > 0) throw new Error(`The page has no place for ${[...missing].join(', ')}.`);
  return written;
}

/** A table in Markdown; a `|` in a cell is escaped. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Names as code, separated by commas, or a dash if there are none. */
export function codes(names: readonly string[]): string {
  return names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(', ');
}
