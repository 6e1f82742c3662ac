import { readFileSync } from 'node:fs';
import type { ApolloServerPlugin } from '@apollo/server';
import { z } from 'zod';
import { ConfigError } from '../config/configError.ts';
import { refusal } from '../model/refusals.ts';
import { refusalOf } from './errors/refusedRequests.ts';
import type { ServerContext } from './resolverContext.ts';

/** The manifest that @apollo/generate-persisted-query-manifest writes. */
const MANIFEST = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
});

/** The text of each trusted document, by its id. */
export type TrustedDocuments = ReadonlyMap<string, string>;

/** @throws ConfigError if the file is not such a manifest. */
export function readManifest(path: string): TrustedDocuments {
  const fix = 'Set the path of the file that generate-persisted-query-manifest wrote.';
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'not JSON';
    throw new ConfigError('PERSISTED_OPERATIONS', `The manifest cannot be read (${reason}).`, fix);
  }
  const manifest = MANIFEST.safeParse(content);
  if (!manifest.success)
    throw new ConfigError('PERSISTED_OPERATIONS', 'The file is not a persisted query manifest.', fix);
  return new Map(manifest.data.operations.map(({ id, body }) => [id, body]));
}

/** The `extensions` of a request. */
type Extensions = { readonly persistedQuery?: { readonly sha256Hash?: unknown } };

/** Accepts only trusted documents, by id. The text of a query that a request sends is ignored. */
export function trustedDocuments(documents: TrustedDocuments): ApolloServerPlugin<ServerContext> {
  return {
    async requestDidStart(requestContext) {
      const { request } = requestContext;
      const id = (request.extensions as Extensions | undefined)?.persistedQuery?.sha256Hash;
      const body = typeof id === 'string' ? documents.get(id) : undefined;
      if (body === undefined) throw refusalOf(refusal('document not trusted'), requestContext);
      requestContext.contextValue.record.trustedDocument = id as string;
      request.query = body;
      delete request.extensions;
      return undefined;
    },
  };
}
