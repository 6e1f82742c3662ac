import type { SandboxCustomer } from './customers.ts';
import { driftingPromotion } from './drifting.ts';
import { generatedPromotion } from './generatedPromotions.ts';
import { samplePromotions } from './sample.ts';
import type { SandboxPromotion } from './sandboxPromotion.ts';

/**
 * The promotions of a customer, in the order of upstream's answer, the same for the whole of a UTC day.
 * @param now in milliseconds: the promotions' dates are relative to it, so that every status always has some
 * @param alternateCurrency upstream's `includeAlternateCurrencyUsage`
 */
export function promotionsOf(
  { behaviour }: SandboxCustomer,
  now: number,
  alternateCurrency: boolean,
): readonly SandboxPromotion[] {
  switch (behaviour.kind) {
    case 'sample':
      return samplePromotions();
    case 'promotions':
      return Array.from({ length: behaviour.count }, (_, index) =>
        generatedPromotion(index, behaviour.history, now, alternateCurrency),
      );
    case 'drift':
      return Array.from({ length: 3 }, (_, index) => driftingPromotion(index));
    case 'fault':
      return [];
  }
}
