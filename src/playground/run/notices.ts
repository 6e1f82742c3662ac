import type { Accepted } from '../credentials/credentials.ts';
import { NotGraphQLError } from './request.ts';

/** A text in the page's last line. */
export type Notice = {
  readonly text: string;
  /** Set if something is wrong: whether the credentials panel can fix it. */
  readonly problem?: 'credentials' | 'other';
};

const UNREACHABLE = problem('The gateway does not respond. Check that it runs, then press Run again.');
const NOT_GRAPHQL = problem('The response is not JSON, so it is not from the gateway. Check the proxy in front of it.');
const CREDENTIALS_MISSING: Notice = {
  text: 'Credentials are missing or invalid. Enter valid ones under Credentials.',
  problem: 'credentials',
};
const INTROSPECTION_OFF = problem(
  'Introspection is off, so docs, explorer and completion are empty, but queries run. INTROSPECTION=true turns it on.',
);
const SCHEMA_UNREAD = problem(
  'The schema could not be read, so docs, explorer and completion are empty. Press Re-fetch schema to retry.',
);
const DEBUG_TOKEN_REFUSED = problem(
  'The gateway did not accept the debug token, so it does not report what a run costs.',
);

function problem(text: string): Notice {
  return { text, problem: 'other' };
}

/** The notice on the response to a query, parsed from JSON. `askedForCost` tells whether a debug token was sent. */
export function noticeOnResponse(response: unknown, askedForCost: boolean): Notice | undefined {
  if (codesIn(response).includes('UNAUTHENTICATED')) return CREDENTIALS_MISSING;
  const { extensions } = (response ?? {}) as { extensions?: { upstreamCalls?: unknown } };
  return askedForCost && extensions?.upstreamCalls === undefined ? DEBUG_TOKEN_REFUSED : undefined;
}

/** The notice on the response to the introspection query, parsed from JSON. */
export function noticeOnSchema(response: unknown, introspection: boolean): Notice | undefined {
  const codes = codesIn(response);
  if (codes.length === 0) return undefined;
  if (codes.includes('UNAUTHENTICATED')) return CREDENTIALS_MISSING;
  return introspection ? SCHEMA_UNREAD : INTROSPECTION_OFF;
}

/** The notice on an error of `send`: no connection, or no JSON in the response. */
export function noticeOnFailure(error: unknown): Notice {
  return error instanceof NotGraphQLError ? NOT_GRAPHQL : UNREACHABLE;
}

/** The notice while there is no other: whether runs need credentials and whether some are sent. */
export function restingNotice(accepted: Accepted, sent: Readonly<Record<string, string>>): Notice {
  const needed = accepted.bearerToken || accepted.apiKey || accepted.userAndPassword || accepted.oauthToken;
  const given = ['authorization', 'x-api-key', 'x-cap-api-oauth-token'].some((header) => header in sent);
  if (given) return { text: 'Your credentials are sent with every run, in all tabs.' };
  return { text: needed ? 'Runs need credentials. Enter them under Credentials.' : 'Runs need no credentials here.' };
}

/** The code of each error of a response; empty if nothing failed. */
function codesIn(response: unknown): readonly string[] {
  const { errors } = (response ?? {}) as { errors?: readonly { readonly extensions?: { readonly code?: string } }[] };
  return (errors ?? []).map(({ extensions }) => extensions?.code ?? '');
}
