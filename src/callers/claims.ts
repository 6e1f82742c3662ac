import type { JWTPayload } from 'jose';
import type { ClaimMapping } from '../config/callers.ts';
import type { CustomerAccess } from '../model/caller.ts';
import { CustomerIdentifier, type IdentifierName } from '../model/identifier.ts';

export type ClaimsPolicy = {
  /** Which claims vouch for which identifiers of a customer. */
  readonly customerClaims: ClaimMapping;
  /** The scope of a token that may read any customer; undefined lets no token. */
  readonly anyCustomerScope: string | undefined;
  /** Whether a claim gives access only if its `<claim>_verified` is there. */
  readonly requireVerified: boolean;
};

/** Which customers the claims of a verified token let its bearer read. What is doubtful vouches for nothing. */
export function customersOf(payload: JWTPayload, policy: ClaimsPolicy): CustomerAccess {
  const { anyCustomerScope, customerClaims, requireVerified } = policy;
  if (anyCustomerScope !== undefined && scopesOf(payload).includes(anyCustomerScope)) return { kind: 'any' };
  const identifiers = customerClaims.flatMap(({ claim, name }) => {
    const identifier = isVerified(payload, claim, requireVerified) ? identifierOf(name, payload[claim]) : undefined;
    return identifier === undefined ? [] : [identifier];
  });
  return { kind: 'own', identifiers };
}

/** `scope` is a list in one string, `scp` a string or a list. */
function scopesOf({ scope, scp }: JWTPayload): readonly unknown[] {
  return [scope, scp].flatMap((each) => (typeof each === 'string' ? each.split(' ') : Array.isArray(each) ? each : []));
}

/** OpenID Connect has a boolean here; some providers send it as text. Anything else that is there verifies nothing. */
function isVerified(payload: JWTPayload, claim: string, required: boolean): boolean {
  const name = `${claim}_verified`;
  if (!Object.hasOwn(payload, name)) return !required;
  return payload[name] === true || payload[name] === 'true';
}

function identifierOf(name: IdentifierName, value: unknown): CustomerIdentifier | undefined {
  const text = textOf(value);
  if (text === undefined || !PRINTABLE_ASCII.test(text) || text.trim() !== text) return undefined;
  try {
    const identifier = CustomerIdentifier.of(name, text);
    return name !== 'MOBILE' || /^\d+$/.test(identifier.revealCanonical()) ? identifier : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Some letters beyond ASCII become others when case is folded or a database compares them (the Kelvin sign becomes k): a
 * look-alike's address must not vouch for the customer it looks like.
 */
const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;

/** A number past 2^53 has lost digits on its way and may name somebody else. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
}
