import { type ASTNode, GraphQLError, type GraphQLFormattedError, isValueNode, Kind, visit } from 'graphql';
import { ClientGone, type ErrorCode, GatewayError } from '../../model/errors.ts';

/** Makes the public form of an error: from what graphql-js or Apollo Server would send, and what was thrown. */
export type Mask = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

export type MaskingOptions = {
  readonly maxTokens: number;
  /** Called with every error that is not in the catalogue: a defect of the gateway. */
  readonly onUnhandledError: (error: unknown) => void;
};

/**
 * How errors become public. The catalogue's errors stay as they are. Errors of graphql-js and Apollo Server keep only
 * their code and position, since their messages quote what a client sent, which may be an identifier. Anything else
 * becomes INTERNAL_SERVER_ERROR.
 */
export function maskErrors({ maxTokens, onUnhandledError }: MaskingOptions): Mask {
  return (formatted, error) => {
    const original = originalOf(error);
    if (original instanceof GatewayError) {
      if (original.cause !== undefined) causes.set(formatted, original.cause);
      return formatted;
    }
    if (isTooDeepToParse(formatted, original)) return publicError(formatted, 'OPERATION_TOO_DEEP');
    if (original instanceof GraphQLError) {
      const known = knownErrorOf(formatted, error, original, maxTokens);
      if (known !== undefined) return known;
    }
    if (!(original instanceof ClientGone)) onUnhandledError(original);
    return publicError(formatted, 'INTERNAL_SERVER_ERROR');
  };
}

/** The causes of public errors, which are not in them. */
const causes = new WeakMap<GraphQLFormattedError, string>();

/** Why a public error happened, for the log: the cause of the error that was masked. */
export function loggedCauseOf(error: GraphQLFormattedError): string | undefined {
  return causes.get(error);
}

/** The error with the request id, which is also in the logs. */
export function withRequestId(error: GraphQLFormattedError, requestId: string): GraphQLFormattedError {
  return { ...error, extensions: { ...error.extensions, requestId } };
}

/** The original error: graphql-js and Apollo Server wrap it once or twice. */
function originalOf(error: unknown): unknown {
  let original = error;
  while (original instanceof GraphQLError && original.originalError) original = original.originalError;
  return original;
}

function knownErrorOf(
  formatted: GraphQLFormattedError,
  error: unknown,
  cause: GraphQLError,
  maxTokens: number,
): GraphQLFormattedError | undefined {
  switch (formatted.extensions?.code) {
    case 'GRAPHQL_PARSE_FAILED':
      return parseErrorOf(formatted, cause, maxTokens);
    case 'GRAPHQL_VALIDATION_FAILED':
      return publicError(formatted, 'GRAPHQL_VALIDATION_FAILED');
    case 'PERSISTED_QUERY_NOT_FOUND':
      return publicError(formatted, 'PERSISTED_QUERY_NOT_FOUND');
    case 'BAD_REQUEST':
      // Apollo Server's own texts about the form of a request; they quote nothing of it.
      return publicError(formatted, 'BAD_REQUEST', plainTextOf(formatted.message));
    default:
      if (isPersistedQueryMistake(error)) return publicError(formatted, 'BAD_REQUEST', PERSISTED_QUERY_MISTAKE);
      return argumentErrorOf(formatted, cause);
  }
}

/** graphql-js parses recursively: values in thousands of brackets overflow the stack. */
function isTooDeepToParse({ extensions }: GraphQLFormattedError, cause: unknown): boolean {
  return extensions?.code === 'GRAPHQL_PARSE_FAILED' && cause instanceof RangeError;
}

function parseErrorOf(
  formatted: GraphQLFormattedError,
  cause: GraphQLError,
  maxTokens: number,
): GraphQLFormattedError | undefined {
  // graphql-js gives this error no code; its message is always this one.
  if (cause.message === `Syntax Error: Document contains more that ${maxTokens} tokens. Parsing aborted.`) {
    const message = `The document must have at most ${maxTokens} tokens. Split it.`;
    const tooLarge = publicError(formatted, 'OPERATION_TOO_LARGE', message);
    causes.set(tooLarge, 'tokens');
    return tooLarge;
  }
  const [place] = formatted.locations ?? [];
  // What was expected is a word of the grammar; what was found may be a literal.
  const [, expected] = /^Syntax Error: Expected (.+?), found /.exec(cause.message) ?? [];
  const hint = expected === undefined ? '' : `, where ${expected} is expected`;
  const message = place && `The document cannot be parsed at line ${place.line}, column ${place.column}${hint}.`;
  return publicError(formatted, 'GRAPHQL_PARSE_FAILED', message);
}

const NO_QUERY = 'The request has no query. Send a JSON object with a query.';
/** What is said instead of Apollo Server's texts that do not tell in a few words what to do, by how those begin. */
const PLAIN_TEXTS = [
  ['POST body missing', NO_QUERY],
  ['GraphQL operations must contain a non-empty `query`', NO_QUERY],
  ['Operation batching disabled', 'The request is a list of operations. Send one operation in a request.'],
  [
    'This operation has been blocked',
    'Send a JSON object by POST, or a GET with credentials or the header apollo-require-preflight.',
  ],
] as const;

function plainTextOf(text: string): string {
  return PLAIN_TEXTS.find(([beginning]) => text.startsWith(beginning))?.[1] ?? text;
}

const PERSISTED_QUERY_MISTAKE = 'extensions.persistedQuery must have version 1 and the SHA-256 of the query.';

/** Apollo Server gives these errors an HTTP status but no code. */
function isPersistedQueryMistake(error: unknown): boolean {
  if (!(error instanceof GraphQLError) || error.extensions.code !== undefined) return false;
  return (error.extensions.http as { readonly status?: unknown } | undefined)?.status === 400;
}

/**
 * A nullable variable where null is not allowed, as an argument or in an object or list: only the execution finds a null value,
 * and it reports the whole argument.
 */
function argumentErrorOf(formatted: GraphQLFormattedError, cause: GraphQLError): GraphQLFormattedError | undefined {
  const [node, ...others] = cause.nodes ?? [];
  if (node === undefined || !isValueNode(node) || others.length > 0) return undefined;
  const [only, ...further] = variablesIn(node);
  if (only === undefined) return undefined;
  const which = further.length === 0 ? `The variable ${only}` : `One of the variables ${[only, ...further].join(', ')}`;
  return publicError(formatted, 'BAD_USER_INPUT', `${which} must not be null here.`);
}

function variablesIn(node: ASTNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(node, {
    enter(each) {
      if (each.kind === Kind.VARIABLE) names.add(`"$${each.name.value}"`);
    },
  });
  return names;
}

function publicError(
  { path, locations }: GraphQLFormattedError,
  code: ErrorCode,
  message = new GatewayError(code).message,
): GraphQLFormattedError {
  return { message, ...(locations && { locations }), ...(path && { path }), extensions: { code } };
}
