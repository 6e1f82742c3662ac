import { GatewayError } from './errors.ts';
import { CustomerIdentifier, identifierText } from './identifier.ts';

type Members = Readonly<Record<string, unknown>>;

/** What the body of an event must look like. */
export const EXPECTED_EVENT =
  'The body must be a JSON object with eventName and data, or with attributes that hold both. ' +
  'data.customerIdentifiers must be an object that holds customerId, as digits.';

/**
 * The id of the customer that changed, in both shapes that Capillary documents for event notifications: the event itself, or
 * the event in `attributes`. Undefined for an event without any customer. All other members are ignored.
 * @throws BAD_REQUEST if the body has neither shape, or identifies a customer without its id
 */
export function changedCustomer(body: unknown): CustomerIdentifier | undefined {
  const event = isObject(body) && isEvent(body.attributes) ? body.attributes : body;
  if (!isEvent(event)) throw unexpected();
  const identifiers = event.data.customerIdentifiers ?? {};
  if (!isObject(identifiers)) throw unexpected();
  const customerId = identifierText(identifiers.customerId);
  if (customerId !== undefined) return idFrom(customerId);
  if ([identifiers, ...Object.values(identifiers)].some(identifiesCustomer)) throw unexpected();
  return undefined;
}

function isEvent(value: unknown): value is { readonly data: Members } {
  return isObject(value) && typeof value.eventName === 'string' && isObject(value.data);
}

function idFrom(customerId: string): CustomerIdentifier {
  try {
    return CustomerIdentifier.of('ID', customerId);
  } catch {
    throw unexpected();
  }
}

/** Whether an object of identifiers holds any. */
function identifiesCustomer(identifiers: unknown): boolean {
  return (
    isObject(identifiers) &&
    Object.values(identifiers).some((value) => value !== '' && (typeof value === 'string' || typeof value === 'number'))
  );
}

function unexpected(): GatewayError {
  return new GatewayError('BAD_REQUEST', { message: EXPECTED_EVENT });
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
