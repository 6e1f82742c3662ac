import { promotionsOf } from '../../promotions/page.ts';
import type { PromotionPageResolvers } from '../generated.ts';

export const PromotionPage: PromotionPageResolvers = {
  items: (page) => promotionsOf(page),
};
