import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ClientGone, type ErrorCode, GatewayError } from '../model/errors.ts';

/** What may leave: the catalogue's errors and GraphQL's own; anything else becomes INTERNAL_SERVER_ERROR. */
export function maskError(
  formatted: GraphQLFormattedError,
  error: unknown,
  onUnhandledError: (error: unknown) => void,
): GraphQLFormattedError {
  const cause = causeOf(error);
  if (isTooManyTokens(cause)) return refusalOf('OPERATION_TOO_LARGE', formatted);
  if (cause instanceof GatewayError) return formatted;
  if (isWrongHash(cause)) return { ...formatted, extensions: { code: 'BAD_REQUEST' } };
  if (cause instanceof GraphQLError) return { ...formatted, message: withoutValues(formatted.message) };
  if (!(cause instanceof ClientGone)) onUnhandledError(cause);
  return refusalOf('INTERNAL_SERVER_ERROR', formatted);
}

/** What was thrown in the first place: graphql-js and Apollo Server wrap it once or twice. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

function refusalOf(code: ErrorCode, formatted: GraphQLFormattedError): GraphQLFormattedError {
  return { ...formatted, message: new GatewayError(code).message, extensions: { code } };
}

/** graphql-js gives this error no mark but its words. */
function isTooManyTokens(error: unknown): boolean {
  return (
    error instanceof GraphQLError && /^Syntax Error: Document contains more tha[nt] \d+ tokens/.test(error.message)
  );
}

/** Apollo Server gives this one no code, and so it would pass for a failure of the gateway. */
function isWrongHash(error: unknown): boolean {
  return error instanceof GraphQLError && error.message === 'provided sha does not match query';
}

/** Where graphql-js quotes what a client sent: what is quoted may be an identifier, so the rest has to do. */
const QUOTES: readonly (readonly [RegExp, string])[] = [
  [/(cannot represent [^:"]*):.*$/s, '$1.'],
  [/Value ".*" does not exist in/s, 'The value does not exist in'],
  [/Field "(?![_a-z]\w*")[^"]*"/gi, 'A field'],
  [/(Expected value of type "[^"]*"), found .*$/s, '$1.'],
  [/((?:found|Unexpected) (?:String|BlockString|Int|Float)) ".*$/s, '$1.'],
  [/^(Variable "\$\w+" got invalid value) .*?((?: at "[\w.[\]]+")?; )(?!.*; [A-Z])/s, '$1$2'],
  // Not a quotation, but advice to whoever writes the server.
  [/^GraphQL introspection is not allowed by Apollo Server.*$/s, 'Introspection is off here. Read the printed schema.'],
];

/** A message of graphql-js without the values that a client sent, so that nothing personal gets into anybody's logs. */
export function withoutValues(message: string): string {
  return QUOTES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), message);
}

/** An error that carries the id which the logs know its request by. */
export function withRequestId(error: GraphQLFormattedError, requestId: string): GraphQLFormattedError {
  return { ...error, extensions: { ...error.extensions, requestId } };
}
