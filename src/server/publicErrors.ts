import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type ErrorCode, GatewayError } from '../model/errors.ts';
import { ClientGone } from './operationSignal.ts';
import { withoutValues } from './publicMessage.ts';

/** What may leave: the catalogue's errors and GraphQL's own; anything else becomes INTERNAL_SERVER_ERROR. */
export function publicError(
  formatted: GraphQLFormattedError,
  error: unknown,
  onDefect: (error: unknown) => void,
): GraphQLFormattedError {
  const cause = causeOf(error);
  if (isTooManyTokens(cause)) return refusalOf('OPERATION_TOO_LARGE', formatted);
  if (cause instanceof GatewayError) return formatted;
  if (isWrongHash(cause)) return { ...formatted, extensions: { code: 'BAD_REQUEST' } };
  if (cause instanceof GraphQLError) return { ...formatted, message: withoutValues(formatted.message) };
  if (!(cause instanceof ClientGone)) onDefect(cause);
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
