import { CombinedGraphQLErrors, ServerError, ServerParseError } from '@apollo/client/errors';
import notices from './notices.json' with { type: 'json' };

/** Why offers could not be fetched, and what the shopper reads about it. */
export type Problem = {
  /** The gateway's `extensions.code`; NETWORK without a response; NOT_THE_GATEWAY if another server, such as a proxy, responded. */
  readonly code: string;
  readonly title: string;
  readonly text: string;
  /** What the shopper can do: `retry`, `reload` the page, or `switch` to another member. */
  readonly remedy: string;
  /** Whole seconds until another request may succeed. */
  readonly retryAfterSeconds: number;
  /** The request id, by which the gateway's operators find the cause. */
  readonly requestId: string | undefined;
};

type Extensions = { readonly [name: string]: unknown } | undefined;

/**
 * The problem for any error of Apollo Client; with several GraphQL errors, for the first one. This is the one place that turns codes into
 * words. Codes that only a defect of this page causes share the words of UNEXPECTED.
 */
export function problemOf(error: unknown): Problem {
  const { code = 'NOT_THE_GATEWAY', retryAfterSeconds = 0, requestId } = extensionsOf(error) ?? {};
  const known = Object.entries(notices).find(([each]) => each === code)?.[1];
  return {
    code: String(code),
    ...(known ?? notices.UNEXPECTED),
    retryAfterSeconds: Number(retryAfterSeconds),
    requestId: typeof requestId === 'string' ? requestId : undefined,
  };
}

/** A request error of the gateway is JSON in GraphQL's shape. A proxy in front of it may send anything. */
function extensionsOf(error: unknown): Extensions {
  if (CombinedGraphQLErrors.is(error)) return error.errors[0]?.extensions;
  if (ServerParseError.is(error)) return undefined;
  if (!ServerError.is(error)) return { code: 'NETWORK' };
  try {
    return JSON.parse(error.bodyText).errors[0].extensions;
  } catch {
    return undefined;
  }
}
