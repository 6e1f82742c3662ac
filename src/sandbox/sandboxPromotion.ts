/** A promotion as the endpoint writes it, and the values of `promotionStatusForCustomer` that it matches. */
export type SandboxPromotion = { readonly states: ReadonlySet<string>; readonly body: Record<string, unknown> };

/** The sandbox's own organisation, then the one connected to it, as in the reference page's samples. */
export const ORGANISATIONS = [50405, 50406] as const;

/** The item at an index of a list that repeats. */
export function pick<Item>(items: readonly Item[], index: number): Item {
  return items[index % items.length] as Item;
}
