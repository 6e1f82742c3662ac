import {
  type Decimal,
  type PromotionRestrictions,
  RESTRICTION_KPIS,
  type RedemptionRestriction,
  type Restriction,
} from '../../model/promotion.ts';
import { type DriftCollector, decimal, isObject, known, list, missing, text, unreadable } from './values.ts';

const KPIS = new Set(RESTRICTION_KPIS);
const LIMITED_ON = new Set(['EVENT', 'CUSTOMER', 'PROMOTION'] as const);
const TYPES = new Set(['NON_PERIOD_BASED', 'PERIOD_BASED'] as const);

const FIELD = 'promotions[].promotionRestriction';
const NONE: PromotionRestrictions = Object.freeze({
  issual: Object.freeze([]),
  earn: Object.freeze([]),
  redemption: Object.freeze([]),
});

/** REST `promotionRestriction`; three empty lists if it is absent. */
export function restrictionsFrom(value: unknown, found: DriftCollector): PromotionRestrictions {
  if (!isObject(value)) {
    unreadable(value, FIELD, found);
    return NONE;
  }
  return {
    issual: list(value.issualRestrictions, ISSUAL, found, issualFrom),
    earn: list(value.earnRestrictions, EARN, found, earnFrom),
    redemption: list(value.redemptionRestrictions, REDEMPTION, found, redemptionFrom),
  };
}

const ISSUAL = `${FIELD}.issualRestrictions`;
const EARN = `${FIELD}.earnRestrictions`;
const REDEMPTION = `${FIELD}.redemptionRestrictions`;
const [ISSUAL_FIELDS, EARN_FIELDS, REDEMPTION_FIELDS] = [fieldsOf(ISSUAL), fieldsOf(EARN), fieldsOf(REDEMPTION)];

type Fields = ReturnType<typeof fieldsOf>;

/** The paths of a restriction's members. They are made once, not for every member. */
function fieldsOf(field: string) {
  return {
    kpi: `${field}[].kpi`,
    maxLimit: `${field}[].maxLimit`,
    usage: `${field}[].currentCustomerUsage`,
    limitOn: `${field}[].limitOn`,
    type: `${field}[].type`,
    periodType: `${field}[].periodType`,
    periodUnit: `${field}[].periodUnit`,
  };
}

function issualFrom(raw: Record<string, unknown>, found: DriftCollector): Restriction {
  return restrictionFrom(raw, ISSUAL_FIELDS, found);
}

function earnFrom(raw: Record<string, unknown>, found: DriftCollector): Restriction {
  return restrictionFrom(raw, EARN_FIELDS, found);
}

function restrictionFrom(raw: Record<string, unknown>, fields: Fields, found: DriftCollector): Restriction {
  const maxLimit = decimal(raw.maxLimit, fields.maxLimit, found);
  const currentCustomerUsage = decimal(raw.currentCustomerUsage, fields.usage, found);
  const unlimited = isUnlimited(maxLimit);
  const kpiName = text(raw.kpi, fields.kpi, found) ?? missing(raw.kpi, fields.kpi, found);
  return {
    // A restriction without a readable KPI is kept: its limit still says something.
    kpi: known(kpiName, KPIS, fields.kpi, found) ?? 'UNKNOWN',
    kpiName: kpiName ?? '',
    maxLimit,
    currentCustomerUsage,
    limitOn: known(raw.limitOn, LIMITED_ON, fields.limitOn, found),
    unlimited,
    remaining:
      maxLimit === null || currentCustomerUsage === null || unlimited ? null : subtract(maxLimit, currentCustomerUsage),
  };
}

function redemptionFrom(raw: Record<string, unknown>, found: DriftCollector): RedemptionRestriction {
  return {
    ...restrictionFrom(raw, REDEMPTION_FIELDS, found),
    type: known(raw.type, TYPES, REDEMPTION_FIELDS.type, found),
    periodType: text(raw.periodType, REDEMPTION_FIELDS.periodType, found),
    periodUnit: text(raw.periodUnit, REDEMPTION_FIELDS.periodUnit, found),
  };
}

/** With so many digits, a difference of doubles is so close to the exact one that it is rounded to it. */
const EXACT_DIGITS = 14;

/** Whether there is no limit: upstream then sends -1, with or without zeros around it. */
export function isUnlimited(limit: Decimal | null): boolean {
  return limit !== null && limit.charCodeAt(0) === 45 && /^-0*1(\.0*)?$/.test(limit);
}

/** `a - b`, exact, with as many decimals as the longer of the two has. */
export function subtract(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(decimalsOf(a), decimalsOf(b));
  if (Math.max(a.length, b.length) + scale <= EXACT_DIGITS) return (Number(a) - Number(b)).toFixed(scale);
  const difference = String(BigInt(scaled(a, scale)) - BigInt(scaled(b, scale)));
  if (scale === 0) return difference;
  const sign = difference.startsWith('-') ? '-' : '';
  const digits = difference.slice(sign.length).padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function decimalsOf(decimal: Decimal): number {
  const point = decimal.indexOf('.');
  return point < 0 ? 0 : decimal.length - point - 1;
}

/** The decimal times ten to the power of `scale`, as digits after its sign. */
function scaled(decimal: Decimal, scale: number): string {
  const point = decimal.indexOf('.');
  const unsigned = decimal.startsWith('+') ? 1 : 0;
  const digits = point < 0 ? decimal.slice(unsigned) : decimal.slice(unsigned, point) + decimal.slice(point + 1);
  return digits + '0'.repeat(scale - decimalsOf(decimal));
}
