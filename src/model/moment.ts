/** A time on the clock of a store of pages, which all instances with this store share. Only stores make one. */
export type Moment = number & { readonly __brand: 'Moment' };
