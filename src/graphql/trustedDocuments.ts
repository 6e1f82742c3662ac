import { readFileSync } from 'node:fs';
import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import { z } from 'zod';
import { ConfigError } from '../config/configError.ts';
import type { GatewayError } from '../model/errors.ts';
import { refusal } from '../model/refusals.ts';
import { refusalOf } from './errors/refusedRequests.ts';
import type { ServerContext } from './resolverContext.ts';

const TEXT = z.string().min(1);
/** What @apollo/generate-persisted-query-manifest writes. */
const APOLLO_MANIFEST = z
  .object({
    format: z.literal('apollo-persisted-query-manifest'),
    version: z.literal(1),
    operations: z.array(z.object({ id: TEXT, body: TEXT })),
  })
  .transform(({ operations }) => new Map(operations.map(({ id, body }) => [id, body])));
/** What GraphQL Code Generator's client preset and Relay's compiler write: each text by its id. */
const TEXTS_BY_ID = z.record(TEXT, TEXT).transform((texts) => new Map(Object.entries(texts)));
const MANIFEST = z.union([APOLLO_MANIFEST, TEXTS_BY_ID]);

/** The text of each trusted document, by its id. */
export type TrustedDocuments = ReadonlyMap<string, string>;

/**
 * @param problemOf why the gateway would refuse each request for this text; undefined if it would not
 * @throws ConfigError if the file is not such a manifest, or if clients could use none or not all of its documents
 */
export function readManifest(path: string, problemOf: (text: string) => string | undefined): TrustedDocuments {
  const fix = 'Set the path of the file that generate-persisted-query-manifest, the client preset or Relay wrote.';
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'not JSON';
    throw new ConfigError('PERSISTED_OPERATIONS', `The manifest ${path} cannot be read (${reason}).`, fix);
  }
  const manifest = MANIFEST.safeParse(content);
  if (!manifest.success) throw new ConfigError('PERSISTED_OPERATIONS', 'The file is not a manifest of documents.', fix);
  if (manifest.data.size === 0) throw new ConfigError('PERSISTED_OPERATIONS', 'It contains no document.', fix);
  for (const [id, text] of manifest.data) {
    const problem = problemOf(text);
    if (problem === undefined) continue;
    const what = `The document "${id}" would be refused: ${problem}`;
    throw new ConfigError('PERSISTED_OPERATIONS', what, 'Mend the document, or take it out of the manifest.');
  }
  return manifest.data;
}

/** The id of the document that a request names, as it was sent. */
function documentIdOf({ extensions }: GraphQLRequest): string | undefined {
  const persistedQuery: PersistedQuery | undefined = extensions?.persistedQuery;
  const id = persistedQuery?.documentId ?? persistedQuery?.sha256Hash;
  return typeof id === 'string' ? id : undefined;
}

type PersistedQuery = { readonly documentId?: unknown; readonly sha256Hash?: unknown };

/** An unknown id may be of a frontend that was deployed before its manifest. */
function refused(id: string | undefined): GatewayError {
  if (id === undefined) return refusal('document not trusted');
  return refusal('document id unknown', { message: 'There is no trusted document of this id.' });
}

/** The id without the prefix that the GraphQL-over-HTTP specification gives to a document's SHA-256. */
export const withoutPrefix = (id: string) => id.replace(/^sha256:/, '');

/**
 * Accepts only trusted documents, by id, as it was sent or else without the prefix `sha256:`. The text of a query that a
 * request sends is ignored.
 */
export function trustedDocuments(documents: TrustedDocuments): ApolloServerPlugin<ServerContext> {
  return {
    async requestDidStart(requestContext) {
      const { request } = requestContext;
      const sent = documentIdOf(request);
      const id = sent === undefined || documents.has(sent) ? sent : withoutPrefix(sent);
      const body = id === undefined ? undefined : documents.get(id);
      if (body === undefined) throw refusalOf(refused(sent), requestContext);
      requestContext.contextValue.record.trustedDocument = id;
      request.query = body;
      delete request.extensions;
      return undefined;
    },
  };
}
