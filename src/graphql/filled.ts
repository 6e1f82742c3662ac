import type { Warning } from '../model/page.ts';
import type * as models from '../model/promotion.ts';
import type { PageInfo, PromotionConnection, PromotionEdge } from '../promotions/connection.ts';
import type { PageDetails, PromotionPage } from '../promotions/promotionPage.ts';
import type * as sdl from './generated.ts';

/** A model that has every field of its type in the SDL. A field that no model fills does not compile. */
type Filled<Type, Model extends Record<Exclude<keyof Type, '__typename'>, unknown>> = [Type, Model];

/** Types without resolvers, whose values are plain data. */
export type FilledTypes = [
  Filled<sdl.PromotionPage, PromotionPage>,
  Filled<sdl.PageDetails, PageDetails>,
  Filled<sdl.PromotionConnection, PromotionConnection>,
  Filled<sdl.PromotionEdge, PromotionEdge>,
  Filled<sdl.PageInfo, PageInfo>,
  Filled<sdl.Warning, Warning>,
  Filled<sdl.Promotion, models.Promotion>,
  Filled<sdl.PromotionMetadata, models.PromotionMetadata>,
  Filled<sdl.PromotionLimits, models.PromotionLimits>,
  Filled<sdl.PromotionUsage, models.PromotionUsage>,
  Filled<sdl.PromotionRestrictions, models.PromotionRestrictions>,
  Filled<sdl.IssualRestriction, models.Restriction>,
  Filled<sdl.EarnRestriction, models.Restriction>,
  Filled<sdl.RedemptionRestriction, models.RedemptionRestriction>,
  Filled<sdl.PromotionEnrolment, models.PromotionEnrolment>,
  Filled<sdl.PromotionIssual, models.PromotionIssual>,
];
