/** Who asks, and what it may ask for. */
export type Caller = {
  /** Printable: for logs and metrics, and never personal. */
  readonly name: string;
  readonly access: CustomerAccess;
};

/** Which customers a caller may ask for. */
export type CustomerAccess = { readonly kind: 'any-customer' };

/** The caller where the gateway does not ask who calls. */
export const ANONYMOUS: Caller = { name: 'anonymous', access: { kind: 'any-customer' } };
