import { randomUUID } from 'node:crypto';
import type { GraphQLFormattedError } from 'graphql';

const ACCEPTABLE = /^[A-Za-z0-9._:+/=-]{1,128}$/;

/** The client's `x-request-id` where it can travel in a header and a log line as it is, else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && ACCEPTABLE.test(header) ? header : randomUUID();
}

/** An error that carries the id which the logs know its request by. */
export function withRequestId(error: GraphQLFormattedError, requestId: string): GraphQLFormattedError {
  return { ...error, extensions: { ...error.extensions, requestId } };
}
