/** How many members a list is assumed to have if the operation does not bound it. */
const DEFAULT_SIZE = 10;

/** Lists with another assumed size: lists in a promotion are usually short. */
const SIZES: Readonly<Record<string, number>> = {
  'Promotion.metadata': 3,
  'Promotion.enrolments': 3,
  'PromotionEnrolment.issuals': 3,
  'PromotionRestrictions.issual': 3,
  'PromotionRestrictions.earn': 3,
  'PromotionRestrictions.redemption': 3,
  '__Schema.types': 50,
};

/** The lists whose size is the `limit` or `first` of the field around them. */
const PROMOTION_LISTS = new Set(['PromotionPage.items', 'PromotionConnection.nodes', 'PromotionConnection.edges']);

/** @param coordinate such as `Promotion.metadata` */
export function assumedSize(coordinate: string): number {
  return Object.hasOwn(SIZES, coordinate) ? (SIZES[coordinate] ?? DEFAULT_SIZE) : DEFAULT_SIZE;
}

export function isPromotionList(typeName: string, fieldName: string): boolean {
  return PROMOTION_LISTS.has(`${typeName}.${fieldName}`);
}
