import { dataScopeKey } from './dataScope.ts';
import type { KeyedHash } from './keyedHash.ts';
import type { PromotionsQuery } from './promotionsQuery.ts';

/** 96 bits: enough that no two customers' lists ever share a prefix. */
const PREFIX_LENGTH = 16;

/**
 * Makes `Promotion.id`: opaque, and one for each promotion as it stands for one customer, in one source and data scope,
 * with or without alternate currencies. docs/schema.md says why it is made of these.
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
   * What the ids of a page's promotions begin with: one hash a page. It is made of REST `customerId`, so that a mobile
   * number or an e-mail address cannot be found from it by trying, and is the same whatever the customer was looked up by.
   * If upstream names no `customerId`, the identifier takes its place under the secret key.
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

/** The id of a promotion on a page, by REST `promotionId`: different ones have different ids, and none is readable in it. */
export function promotionIdOf(prefix: string, upstreamId: string): string {
  const number = Number(upstreamId);
  return Number.isSafeInteger(number) && String(number) === upstreamId
    ? prefix + number.toString(36)
    : `${prefix}_${Buffer.from(upstreamId).toString('base64url')}`;
}
