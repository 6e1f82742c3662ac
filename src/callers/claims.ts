import type { JWTPayload } from 'jose';
import type { JwtPolicy } from '../config/callers.ts';
import type { CustomerAccess } from '../model/caller.ts';
import { CustomerIdentifier, type IdentifierName, identifierText } from '../model/identifier.ts';

type ClaimsPolicy = Pick<JwtPolicy, 'anyCustomerScope' | 'customerClaims' | 'requireVerified'>;

/** The customers that a verified token may read, by its claims. A doubtful claim gives no access. */
export function customersOf(payload: JWTPayload, policy: ClaimsPolicy): CustomerAccess {
  const { anyCustomerScope, customerClaims, requireVerified } = policy;
  if (anyCustomerScope !== undefined && scopesOf(payload).includes(anyCustomerScope)) return { kind: 'any' };
  const identifiers: CustomerIdentifier[] = [];
  const unverified: CustomerIdentifier[] = [];
  for (const { claim, name } of customerClaims) {
    const identifier = identifierOf(name, payload[claim]);
    if (identifier === undefined) continue;
    (isVerified(payload, claim, requireVerified) ? identifiers : unverified).push(identifier);
  }
  return { kind: 'own', identifiers, unverified };
}

/** `scope` is a list in one string, `scp` a string or a list. */
function scopesOf({ scope, scp }: JWTPayload): readonly unknown[] {
  return [scope, scp].flatMap((each) => (typeof each === 'string' ? each.split(' ') : Array.isArray(each) ? each : []));
}

/** OpenID Connect has a boolean here; some providers send it as text. Any other value does not verify the claim. */
function isVerified(payload: JWTPayload, claim: string, required: boolean): boolean {
  const name = `${claim}_verified`;
  if (!Object.hasOwn(payload, name)) return !required;
  return payload[name] === true || payload[name] === 'true';
}

function identifierOf(name: IdentifierName, value: unknown): CustomerIdentifier | undefined {
  const text = identifierText(value);
  if (text === undefined || !PRINTABLE_ASCII.test(text) || text.trim() !== text) return undefined;
  try {
    return CustomerIdentifier.of(name, text);
  } catch {
    return undefined;
  }
}

/**
 * Case folding or a database comparison turns some letters outside ASCII into ASCII letters (the Kelvin sign becomes k).
 * Such a look-alike address must not give access to another customer.
 */
const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;
