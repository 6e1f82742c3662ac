import {
  type PromotionRestrictions,
  RESTRICTION_KPIS,
  type RedemptionRestriction,
  type Restriction,
} from '../../model/promotion.ts';
import { isUnlimited, subtract } from './decimal.ts';
import type { DriftCollector } from './schemaDrift.ts';
import { decimal, isObject, known, list, missing, text, unreadable } from './values.ts';

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
  const { kpi, kpiName, maxLimit, currentCustomerUsage, limitOn, unlimited, remaining } = restrictionFrom(
    raw,
    REDEMPTION_FIELDS,
    found,
  );
  return {
    kpi,
    kpiName,
    maxLimit,
    currentCustomerUsage,
    limitOn,
    unlimited,
    remaining,
    type: known(raw.type, TYPES, REDEMPTION_FIELDS.type, found),
    periodType: text(raw.periodType, REDEMPTION_FIELDS.periodType, found),
    periodUnit: text(raw.periodUnit, REDEMPTION_FIELDS.periodUnit, found),
  };
}
