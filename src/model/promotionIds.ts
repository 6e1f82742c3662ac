import type { KeyedHash } from './keyedHash.ts';
import { dataScopeKey, type PromotionsQuery } from './promotionsQuery.ts';

/** 96 bits: enough that no two customers' lists ever share a prefix. */
const PREFIX_LENGTH = 16;

/**
 * Makes `Promotion.id`: an opaque id of a promotion for one customer, in one source and data scope, with or without
 * alternate currencies. docs/design.md says why it is made of these.
 */
export class PromotionIds {
  readonly #stable: KeyedHash;
  readonly #secret: KeyedHash;

  /**
   * @param stable the same on every instance and after every restart; without CACHE_SECRET its key is no secret
   * @param secret always under a secret key, which may be this process's own
   */
  constructor(stable: KeyedHash, secret: KeyedHash) {
    this.#stable = stable;
    this.#secret = secret;
  }

  /**
   * The common prefix of the ids of a page's promotions. It is a hash of REST `customerId`, so that a mobile number or an
   * e-mail address cannot be guessed from it, and is the same for all identifiers of a customer. If upstream sends no
   * `customerId`, it is a hash of the identifier under the secret key.
   */
  prefix(customerId: string | null, query: PromotionsQuery): string {
    const { identifier, source, dataScope, includeAlternateCurrencyUsage } = query;
    const view = [source, dataScopeKey(dataScope), String(includeAlternateCurrencyUsage)];
    const hash =
      customerId === null
        ? this.#secret.of('promotions', identifier.name, identifier.revealCanonical(), ...view)
        : this.#stable.of('promotions', customerId, ...view);
    return hash.slice(0, PREFIX_LENGTH);
  }
}

/** The id of a promotion on a page, by REST `promotionId`. Different promotions have different ids. */
export function promotionIdOf(prefix: string, upstreamId: string): string {
  const number = Number(upstreamId);
  return Number.isSafeInteger(number) && String(number) === upstreamId
    ? prefix + number.toString(36)
    : `${prefix}_${Buffer.from(upstreamId).toString('base64url')}`;
}
