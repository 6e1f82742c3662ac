import type { IncomingHttpHeaders } from 'node:http';
import { ORGANISATIONS } from './sandboxPromotion.ts';

/** A lookup as it is received. A repeated parameter is an array. */
export type RawLookup = {
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
};

/** A valid lookup. `status` undefined requests promotions of every status. */
export type Lookup = {
  readonly identifierName: 'mobile' | 'id' | 'email' | 'externalid';
  readonly identifierValue: string;
  readonly orgIds: readonly number[];
  readonly status: string | undefined;
  readonly alternateCurrency: boolean;
  readonly limit: number;
  readonly offset: number;
};

/** The error of a refused lookup, as upstream sends it. */
export type Refusal = { readonly code: number; readonly message: string };

const NAMES = ['mobile', 'id', 'email', 'externalid'] as const;
const SOURCES = 'INSTORE MARTJACK WECHAT FACEBOOK WEB_ENGAGE TMALL TAOBAO JD ECOMMERCE WEBSITE LINE ALL'.split(' ');
const STATUSES = 'AVAILABLE_TO_ENROL AVAILABLE_TO_EARN AVAILABLE_TO_REDEEM EXPIRED'.split(' ');
const DEFAULT_LIMIT = '10';
const MAX_LIMIT = 100;
const MAX_ORGANISATIONS = 2;

/** For errors without a documented code. */
const OTHER_CODE = 400;

/** Parses a lookup as the endpoint's reference page describes it; errors have the codes documented for customers. */
export function readLookup({ query, headers }: RawLookup): Lookup | Refusal {
  const parameter = (name: string) => (query[name] === undefined ? undefined : String(query[name]));
  const identifierName = NAMES.find((name) => name === parameter('identifierName'));
  const identifierValue = parameter('identifierValue')?.trim();
  const source = parameter('source');
  const orgIds = organisations(headers['data-scope'], headers['data-scope-org']);
  const status = parameter('promotionStatusForCustomer');
  const alternateCurrency = parameter('includeAlternateCurrencyUsage') ?? 'false';
  const limit = numberUpTo(MAX_LIMIT, parameter('limit') ?? DEFAULT_LIMIT);
  const offset = numberUpTo(Number.MAX_SAFE_INTEGER, parameter('offset') ?? '0');

  if (identifierName === undefined) return { code: 8013, message: 'Identifier name missing or incorrect' };
  if (!identifierValue) return { code: 8015, message: 'Identifier value missing or incorrect' };
  if (source === undefined || !SOURCES.includes(source)) {
    return { code: 8003, message: 'Source is missing or incorrect' };
  }
  if (orgIds === undefined) return { code: 310144, message: 'Connected Orgs not set properly in Headers' };
  if (limit === undefined) return { code: 8102, message: `Limit should be at most ${MAX_LIMIT}` };
  if (offset === undefined) return { code: 8100, message: 'Offset should be 0 or more' };
  if (status !== undefined && !STATUSES.includes(status)) {
    return { code: 8125, message: 'promotionStatusForCustomer is incorrect' };
  }
  if (!['true', 'false'].includes(alternateCurrency)) {
    return { code: OTHER_CODE, message: 'includeAlternateCurrencyUsage has to be true or false' };
  }
  return {
    identifierName,
    identifierValue,
    orgIds,
    status,
    alternateCurrency: alternateCurrency === 'true',
    limit,
    offset,
  };
}

/**
 * The organisations whose promotions a response holds. Undefined for headers that upstream refuses: OTHER without an
 * organisation, more than two, one that is not connected, or an unknown scope. The default scope is SELF.
 */
function organisations(scope: unknown = 'SELF', orgs: unknown = ''): readonly number[] | undefined {
  const listed = String(orgs);
  const named =
    listed.trim() === '' ? [] : listed.split(',').map((id) => ORGANISATIONS.find((org) => String(org) === id.trim()));
  const known = named.filter((id) => id !== undefined);
  if (known.length < named.length || named.length > MAX_ORGANISATIONS) return undefined;
  switch (scope) {
    case 'SELF':
      return known.length === 0 ? ORGANISATIONS.slice(0, 1) : undefined;
    case 'OTHER':
      return known.length > 0 ? known : undefined;
    case 'ALL':
      return known.length > 0 ? known : ORGANISATIONS;
    default:
      return undefined;
  }
}

function numberUpTo(max: number, text: string): number | undefined {
  return /^\d+$/.test(text) && Number(text) <= max ? Number(text) : undefined;
}
