import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from '../config/configError.ts';

/** The manifest that @apollo/generate-persisted-query-manifest writes. */
const MANIFEST = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
});

/** The body of each registered operation, by its id. */
export type PersistedOperations = ReadonlyMap<string, string>;

/** @throws ConfigError where the file is not such a manifest. */
export function readManifest(path: string): PersistedOperations {
  const mend = 'Name the file that generate-persisted-query-manifest wrote.';
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'no JSON';
    throw new ConfigError('PERSISTED_OPERATIONS', `The manifest cannot be read (${reason}).`, mend);
  }
  const manifest = MANIFEST.safeParse(content);
  if (!manifest.success)
    throw new ConfigError('PERSISTED_OPERATIONS', 'The file is no persisted query manifest.', mend);
  return new Map(manifest.data.operations.map(({ id, body }) => [id, body]));
}
