import type { Taken } from '../credentials/credentials.ts';
import { NotGraphQLError } from './request.ts';

/** What the page says in its last line, beside what the answer says itself. */
export type Notice = {
  readonly text: string;
  /** Something is wrong, and whether the credentials panel is where to put it right. */
  readonly trouble?: 'credentials' | 'other';
};

const UNREACHABLE = trouble('The gateway does not answer. Check that it runs, then press Run again.');
const NOT_GRAPHQL = trouble(
  'What answered is not the gateway: its answer is not JSON. Check what stands in front of it.',
);
const CREDENTIALS_MISSING: Notice = {
  text: 'No valid credentials were sent: fill them in under Credentials.',
  trouble: 'credentials',
};
const INTROSPECTION_OFF = trouble(
  'Introspection is off, so docs, explorer and completion are empty. Queries run. INTROSPECTION=true turns it on.',
);
const SCHEMA_UNREAD = trouble(
  'The schema could not be read, so docs, explorer and completion are empty. Press Re-fetch schema to retry.',
);
const DEBUG_TOKEN_REFUSED = trouble('The gateway did not take the debug token, so it does not tell what a run costs.');

function trouble(text: string): Notice {
  return { text, trouble: 'other' };
}

/** What to say about the answer to a query, as parsed from JSON; `askedForCost` if a debug token was sent along. */
export function noticeOnAnswer(answer: unknown, askedForCost: boolean): Notice | undefined {
  if (codesIn(answer).includes('UNAUTHENTICATED')) return CREDENTIALS_MISSING;
  const { extensions } = (answer ?? {}) as { extensions?: { upstreamCalls?: unknown } };
  return askedForCost && extensions?.upstreamCalls === undefined ? DEBUG_TOKEN_REFUSED : undefined;
}

/** What to say about the answer to the introspection query, as parsed from JSON. */
export function noticeOnSchema(answer: unknown, introspection: boolean): Notice | undefined {
  const codes = codesIn(answer);
  if (codes.length === 0) return undefined;
  if (codes.includes('UNAUTHENTICATED')) return CREDENTIALS_MISSING;
  return introspection ? SCHEMA_UNREAD : INTROSPECTION_OFF;
}

/** What to say when asking threw: no connection, or no JSON in the answer. */
export function noticeOnFailure(error: unknown): Notice {
  return error instanceof NotGraphQLError ? NOT_GRAPHQL : UNREACHABLE;
}

/** What the last line says when there is nothing else to say: whether runs need credentials, and have some. */
export function restingNotice(taken: Taken, sent: Readonly<Record<string, string>>): Notice {
  const needed = taken.bearerToken || taken.apiKey || taken.userAndPassword || taken.oauthToken;
  const given = ['authorization', 'x-api-key', 'x-cap-api-oauth-token'].some((header) => header in sent);
  if (given) return { text: 'Your credentials are sent with every run, in all tabs.' };
  return { text: needed ? 'Runs need credentials: fill them in under Credentials.' : 'Runs need no credentials here.' };
}

/** The code of each error of a response; empty if nothing failed. */
function codesIn(answer: unknown): readonly string[] {
  const { errors } = (answer ?? {}) as { errors?: readonly { readonly extensions?: { readonly code?: string } }[] };
  return (errors ?? []).map(({ extensions }) => extensions?.code ?? '');
}
