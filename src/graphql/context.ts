import type { CustomerLookUps } from '../promotions/customer.ts';
import type { PromotionsLoader } from '../promotions/loader.ts';

/** What the resolvers of one operation share. It is made anew for each, and dies with it. */
export type GatewayContext = {
  readonly requestId: string;
  /** Turns what was asked into authorised questions. */
  readonly customers: CustomerLookUps;
  /** Answers them in the fewest upstream calls. */
  readonly promotions: PromotionsLoader;
};
