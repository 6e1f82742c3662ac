import { GROUPS, SECRETS } from '../../src/config/variables.ts';
import { codes, table } from './generated.ts';

/** A table of the settings of each group (name, default and what it does), and the names of secrets. */
export function settings(): Record<string, string> {
  const tables = Object.fromEntries(
    Object.entries(GROUPS).map(([group, fields]) => [
      group,
      table(
        ['variable', 'default', 'what it does'],
        Object.entries(fields).map(([name, field]) => {
          if (field.description === undefined) throw new Error(`${name} has no sentence. Describe it.`);
          const { data } = field.safeParse(undefined);
          return [codes([name]), codes(data === undefined ? [] : [String(data)]), field.description];
        }),
      ),
    ]),
  );
  return { ...tables, secrets: codes(SECRETS) };
}
