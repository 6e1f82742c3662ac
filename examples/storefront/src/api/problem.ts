import { CombinedGraphQLErrors, ServerError, ServerParseError } from '@apollo/client/errors';

/** Why there is no response that can be shown. */
export type Problem = {
  /** The gateway's `extensions.code`; NETWORK without a response; NOT_THE_GATEWAY if another server, such as a proxy, responded. */
  readonly code: string;
  /** Whole seconds until another request may succeed. */
  readonly retryAfterSeconds?: number;
  /** The request id, by which the gateway's operators find the cause. */
  readonly requestId?: string;
};

type Extensions = { readonly [name: string]: unknown } | undefined;

/** The problem for any error of Apollo Client. */
export function problemOf(error: unknown): Problem {
  if (CombinedGraphQLErrors.is(error)) return fromExtensions(error.errors[0]?.extensions);
  if (ServerError.is(error)) return fromExtensions(extensionsIn(error.bodyText));
  return { code: ServerParseError.is(error) ? 'NOT_THE_GATEWAY' : 'NETWORK' };
}

function fromExtensions(extensions: Extensions): Problem {
  const { code, retryAfterSeconds, requestId } = extensions ?? {};
  return {
    code: typeof code === 'string' ? code : 'NOT_THE_GATEWAY',
    ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
    ...(typeof requestId === 'string' && { requestId }),
  };
}

/** A request error of the gateway is JSON in GraphQL's shape. A proxy in front of it may send anything. */
function extensionsIn(body: string): Extensions {
  try {
    const parsed: { errors?: { extensions?: Extensions }[] } | null = JSON.parse(body);
    return parsed?.errors?.[0]?.extensions;
  } catch {
    return undefined;
  }
}
