import { hash as digestOf } from 'node:crypto';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose';
import { LRUCache } from 'lru-cache';
import type { JwtPolicy } from '../config/callers.ts';
import type { Authenticator, Caller, DataScopeAccess } from '../model/caller.ts';
import { GatewayError } from '../model/errors.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import { type RefusalCause, refusal } from '../model/refusals.ts';
import type { Endpoint } from '../upstream/endpoint.ts';
import { UpstreamError } from '../upstream/payload/outcome.ts';
import { customersOf } from './claims.ts';

/** Only asymmetric signatures: a shared secret could be guessed, or the public key could be used as one. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Access tokens and ID tokens. Other tokens of the same keys, such as logout tokens, give no access. */
const TYPES: ReadonlySet<string | undefined> = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);
const LEEWAY_SECONDS = 5;
/** How soon the key set is fetched again for an unknown key. jose's default would refuse rotated keys for 30 s. */
const JWKS_COOLDOWN_MS = 1000;
/** How long fetched keys are used. After that, callers are refused until the key set can be fetched. */
const JWKS_MAX_AGE_MS = 600_000;
/** How long it is not fetched again after a failure: else each request would fetch it, one after the other. */
const JWKS_RETRY_SECONDS = 1;
/** How many tokens are verified at once. Their requests are in memory, and are no operations yet that anything bounds. */
const MAX_VERIFYING = 1000;
const REMEMBERED_TOKENS = 10_000;
const REMEMBER_SECONDS = 60;

/**
 * Callers with a bearer token signed by a key of the key set.
 * @param dataScopes the data scopes of a token that may read any customer
 */
export function jwtAuthenticator(
  policy: JwtPolicy,
  dataScopes: DataScopeAccess,
  hash: KeyedHash,
  keySetEndpoint: Endpoint,
): Authenticator {
  const keySet = createRemoteJWKSet(new URL(policy.jwksUrl), {
    cooldownDuration: JWKS_COOLDOWN_MS,
    cacheMaxAge: JWKS_MAX_AGE_MS,
    [customFetch]: keySetReader(keySetEndpoint),
  });
  // Checking a signature costs more than the rest of a small operation, so valid tokens are cached for at most a minute.
  const verified = new LRUCache<string, Caller>({
    max: REMEMBERED_TOKENS,
    // Tokens expire by the wall clock.
    perf: { now: () => Date.now() },
  });
  let verifying = 0;

  return async ({ authorization }) => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw refused('no token');
    const key = digestOf('sha256', token, 'base64');
    const known = verified.get(key);
    if (known !== undefined) return known;
    if (verifying === MAX_VERIFYING) throw refusal('tokens verified', { retryAfterSeconds: 1 });
    verifying++;
    try {
      const { payload, protectedHeader } = await verify(token, keySet, {
        issuer: policy.issuer,
        audience: policy.audience,
        algorithms: ALGORITHMS,
        clockTolerance: LEEWAY_SECONDS,
        requiredClaims: ['exp'],
      });
      if (!TYPES.has(protectedHeader.typ?.toLowerCase())) throw new errors.JWTInvalid('It is of another kind.');
      const caller = callerIn(payload, policy, dataScopes, hash);
      const lifeSeconds = Math.min(REMEMBER_SECONDS, (payload.exp ?? 0) + LEEWAY_SECONDS - Date.now() / 1000);
      if (lifeSeconds > 0) verified.set(key, caller, { ttl: lifeSeconds * 1000 });
      return caller;
    } catch (error) {
      // Only the key set's endpoint throws an UpstreamError. Then nothing is known about the token.
      throw error instanceof UpstreamError ? unverifiable(error) : refused(refusalCauseOf(error));
    } finally {
      verifying--;
    }
  };
}

/** Verifies a token. Several keys may match it, since `kid` is neither required nor unique: they are tried in turn. */
async function verify(token: string, keySet: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, keySet, options);
  } catch (ambiguous) {
    if (!(ambiguous instanceof errors.JWKSMultipleMatchingKeys)) throw ambiguous;
    for await (const key of ambiguous) {
      try {
        return await jwtVerify(token, key, options);
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

const INVALID = 'Missing or invalid bearer token. Send a valid one in the Authorization header.';
/** Only a token whose signature is right is told that it has expired. */
const EXPIRED = 'The bearer token has expired. Send a new one in the Authorization header.';

function refused(cause: RefusalCause): GatewayError {
  return refusal(cause, { message: cause === 'token expired' ? EXPIRED : INVALID });
}

const CLAIM_CAUSES: ReadonlyMap<string, RefusalCause> = new Map([
  ['nbf', 'token not yet valid'],
  ['iss', 'token issuer'],
  ['aud', 'token audience'],
]);

/** Why a token is refused. jose checks the signature first, then `iss`, `aud`, `nbf` and `exp`. */
function refusalCauseOf(error: unknown): RefusalCause {
  if (error instanceof errors.JWTExpired) return 'token expired';
  if (error instanceof errors.JWTClaimValidationFailed) return CLAIM_CAUSES.get(error.claim) ?? 'token malformed';
  // A key that cannot be used throws JWKSInvalid, or an error that is not jose's.
  if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSInvalid) return 'token key unknown';
  if (error instanceof errors.JWKSNoMatchingKey) return 'token key unknown';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token signature';
  return 'token malformed';
}

function unverifiable({ cause }: UpstreamError): GatewayError {
  return new GatewayError('AUTHENTICATION_UNAVAILABLE', { retryAfterSeconds: JWKS_RETRY_SECONDS, cause });
}

/** Fetches the key set; for a while after a failure, throws the same error again. */
function keySetReader(endpoint: Endpoint): () => Promise<Response> {
  let failure: { readonly error: unknown; readonly until: number } | undefined;
  return async () => {
    if (failure !== undefined && performance.now() < failure.until) throw failure.error;
    try {
      return Response.json(await endpoint.call(undefined, keySetIn));
    } catch (error) {
      failure = { error, until: performance.now() + JWKS_RETRY_SECONDS * 1000 };
      throw error;
    }
  };
}

/** A key set as jose expects it, undefined for anything else. */
function keySetIn(body: unknown): { readonly keys: readonly unknown[] } | undefined {
  if (typeof body !== 'object' || body === null || !('keys' in body) || !Array.isArray(body.keys)) return undefined;
  const { keys } = body;
  return keys.every((key) => typeof key === 'object' && key !== null) ? { keys } : undefined;
}

function callerIn(payload: JWTPayload, policy: JwtPolicy, dataScopes: DataScopeAccess, hash: KeyedHash): Caller {
  // The subject may be a phone number: logs contain only a keyed hash.
  const name = `jwt:${hash.of('subject', String(payload.sub ?? '')).slice(0, 12)}`;
  const customers = customersOf(payload, policy);
  const named = { name, group: 'jwt', isUnchecked: false, customers };
  if (customers.kind === 'any') return { ...named, dataScopes, sources: { kind: 'any' } };
  return { ...named, dataScopes: policy.customerDataScopes, sources: policy.customerSources };
}
