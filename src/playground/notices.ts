/** What the page says above the editors, beside what the answer says itself; undefined says nothing. */
export type Notice = string | undefined;

const UNREACHABLE = 'The gateway does not answer. Check that it runs, then press Run again.';
const NOT_GRAPHQL = 'What answered is not the gateway: its answer is not JSON. Check what stands in front of it.';
const CREDENTIALS_MISSING =
  'No valid credentials came along: open Headers and set them, such as { "Authorization": "Basic …" }.';
const INTROSPECTION_OFF =
  'Introspection is off, so docs, explorer and completion are empty. Queries run. INTROSPECTION=true turns it on.';
const SCHEMA_UNREAD =
  'The schema could not be read, so docs, explorer and completion are empty. Press Re-fetch to retry.';

/** What to say about an answer to a query, as parsed from JSON. */
export function noticeOnAnswer(answer: unknown): Notice {
  return codesIn(answer).includes('UNAUTHENTICATED') ? CREDENTIALS_MISSING : undefined;
}

/** What to say about an answer to the introspection query, as parsed from JSON. */
export function noticeOnSchema(answer: unknown): Notice {
  const codes = codesIn(answer);
  if (codes.length === 0) return undefined;
  if (codes.includes('INTROSPECTION_DISABLED')) return INTROSPECTION_OFF;
  return codes.includes('UNAUTHENTICATED') ? `${CREDENTIALS_MISSING} Then press Re-fetch.` : SCHEMA_UNREAD;
}

/** What to say when asking threw: no connection, or no JSON in the answer. */
export function noticeOnFailure(error: unknown): Notice {
  return error instanceof SyntaxError ? NOT_GRAPHQL : UNREACHABLE;
}

type AnsweredError = { readonly extensions?: { readonly code?: string; readonly validationErrorCode?: string } };

/** The code of each error of an answer, its more exact one where it has two; empty where nothing failed. */
function codesIn(answer: unknown): readonly string[] {
  const { errors } = (answer ?? {}) as { errors?: readonly AnsweredError[] };
  return (errors ?? []).map(({ extensions }) => extensions?.validationErrorCode ?? extensions?.code ?? '');
}
