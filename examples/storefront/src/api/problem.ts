import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';

/** Why an answer didn't come. `code` is the gateway's `extensions.code`, or NETWORK where nothing answered. */
export type Problem = {
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
  return { code: 'NETWORK' };
}

function fromExtensions(extensions: Extensions): Problem {
  const { code, retryAfterSeconds, requestId } = extensions ?? {};
  return {
    code: typeof code === 'string' ? code : 'NETWORK',
    ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
    ...(typeof requestId === 'string' && { requestId }),
  };
}

/** A refusal from before GraphQL is JSON in GraphQL's shape; whatever else stands in the way answers anything. */
function extensionsIn(body: string): Extensions {
  try {
    const parsed: { errors?: { extensions?: Extensions }[] } | null = JSON.parse(body);
    return parsed?.errors?.[0]?.extensions;
  } catch {
    return undefined;
  }
}
