import { GatewayError } from './errors.ts';
import { CustomerIdentifier, type IdentifierName } from './identifier.ts';

/** An event notification: the identifiers of the customer that changed, possibly none. */
export type CustomerEvent = { readonly identifiers: readonly CustomerIdentifier[] };

type Members = Readonly<Record<string, unknown>>;

/** Identifiers as events name them, in lower case and without underscores. */
const NAMES: Readonly<Record<string, IdentifierName>> = {
  customerid: 'ID',
  mobile: 'MOBILE',
  email: 'EMAIL',
  externalid: 'EXTERNAL_ID',
};
/** About five are documented. An event with thousands of identifiers would cost as much as thousands of events. */
const MAX_IDENTIFIERS = 100;

/** What the body of an event must look like. */
export const EXPECTED_EVENT =
  'The body must be a JSON object with eventName and data, or with attributes that hold both. ' +
  'data.customerIdentifiers must be an object with customerId, or with identifiers by source.';

/**
 * Reads both shapes that Capillary documents for event notifications: the event itself, or the event in `attributes`.
 * Unknown members and invalid identifiers are ignored.
 * @throws BAD_REQUEST if the body has neither shape
 */
export function customerEventFrom(body: unknown): CustomerEvent {
  const event = isObject(body) && isObject(body.attributes) ? body.attributes : body;
  if (!isObject(event) || typeof event.eventName !== 'string' || !isObject(event.data)) {
    throw new GatewayError('BAD_REQUEST', { message: EXPECTED_EVENT });
  }
  const { customerIdentifiers } = event.data;
  if (customerIdentifiers === undefined || customerIdentifiers === null) return { identifiers: [] };
  if (!isObject(customerIdentifiers)) throw new GatewayError('BAD_REQUEST', { message: EXPECTED_EVENT });
  const bySource = Object.values(customerIdentifiers).filter(isObject);
  const identifiers = [customerIdentifiers, ...bySource].flatMap(identifiersIn);
  return { identifiers: identifiers.slice(0, MAX_IDENTIFIERS) };
}

function identifiersIn(members: Members): readonly CustomerIdentifier[] {
  return Object.entries(members).flatMap(([member, value]) => {
    const key = member.toLowerCase().replaceAll('_', '');
    const name = Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
    if (name === undefined || (typeof value !== 'string' && typeof value !== 'number')) return [];
    return identifierOf(name, String(value)) ?? [];
  });
}

/** Undefined for an invalid identifier, since no caller can look up a customer by it. */
function identifierOf(name: IdentifierName, value: string): CustomerIdentifier | undefined {
  try {
    return CustomerIdentifier.of(name, value);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
