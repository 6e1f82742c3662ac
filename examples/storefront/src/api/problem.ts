import { CombinedGraphQLErrors, ServerError, ServerParseError } from '@apollo/client/errors';

/** Why an answer didn't come. */
export type Problem = {
  /** The gateway's `extensions.code`; NETWORK if nothing answered; NOT_THE_GATEWAY if something else did, such as a proxy. */
  readonly code: string;
  /** Whole seconds until asking again may help. */
  readonly retryAfterSeconds?: number;
  /** What the gateway's operators find the cause by. */
  readonly requestId?: string;
};

type Extensions = { readonly [name: string]: unknown } | undefined;

/** The problem behind anything that Apollo Client rejects with. */
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

/** A request error of the gateway is JSON in GraphQL's shape; a proxy in front of it answers anything. */
function extensionsIn(body: string): Extensions {
  try {
    const parsed: { errors?: { extensions?: Extensions }[] } | null = JSON.parse(body);
    return parsed?.errors?.[0]?.extensions;
  } catch {
    return undefined;
  }
}
