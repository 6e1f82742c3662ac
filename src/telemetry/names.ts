import { randomUUID } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TRACE_ID = /^(?=.*[a-f])[0-9a-f]{32}$/;

/**
 * The client's `x-request-id` if it is a UUID or 32 hexadecimal digits, else a new UUID. No identifier of a customer has
 * that form, so the id can be in logs, spans and responses.
 */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && (UUID.test(header) || TRACE_ID.test(header)) ? header : randomUUID();
}

const MAX_NAME_LENGTH = 80;
const MAX_DIGITS = 4;
const NAME = /^[A-Za-z_][A-Za-z0-9_ .-]*$/;

/**
 * The name of an operation or a client, for logs, spans and metrics. A name that could be an identifier (five digits or
 * more, an `@`, another alphabet) or is too long becomes `other`.
 */
export function printableName(name: string): string {
  const digits = name.length - name.replace(/\d/g, '').length;
  return name.length <= MAX_NAME_LENGTH && digits <= MAX_DIGITS && NAME.test(name) ? name : 'other';
}
