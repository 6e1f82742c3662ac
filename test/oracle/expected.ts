import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isEnumType,
  isScalarType,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import { type Asker, type List, seenFrom, type Variant, type World } from './lists.ts';
import { isObject, Literal, type Raw, type RawObject } from './payloads.ts';
import { type Member, membersOf, schema } from './sdl.ts';

/** What the gateway says of a value that it replaced or dropped. */
export type Drift = { readonly code: string; readonly field: string };
type Found = (code: string, field: string) => void;
/** The value that a field shows; undefined if there is none, which drops what requires it. */
type Reader = (raw: Raw, invalid: () => undefined) => unknown;

const SCALARS: Readonly<Record<string, Reader>> = {
  String: (raw, invalid) => {
    if (raw instanceof Literal) return writtenOut(raw.digits);
    if (typeof raw === 'boolean') return String(raw);
    if (typeof raw !== 'string') return invalid();
    if (!raw.isWellFormed()) invalid();
    return raw.toWellFormed();
  },
  ID: (raw, invalid) => {
    if (raw instanceof Literal) return WHOLE.exec(writtenOut(raw.digits))?.[1]?.replace(/^-0$/, '0') ?? invalid();
    if (typeof raw !== 'string' || raw === '') return invalid();
    if (!raw.isWellFormed()) invalid();
    return raw.toWellFormed();
  },
  Boolean: (raw, invalid) => {
    const word = raw instanceof Literal ? (WHOLE.exec(raw.digits)?.[1] ?? '') : String(raw).toLowerCase();
    if (word === 'true' || word === '1') return true;
    return word === 'false' || word === '0' ? false : invalid();
  },
  Int: (raw, invalid) => {
    const whole = WHOLE.exec(decimalOf(raw) ?? '')?.[1];
    const value = Number(whole ?? Number.NaN);
    return Math.abs(value + 0.5) < 2 ** 31 ? value + 0 : invalid();
  },
  Decimal: (raw, invalid) => decimalOf(raw) ?? invalid(),
  DateTime: (raw, invalid) => (typeof raw === 'string' ? (instant(raw.trim()) ?? invalid()) : invalid()),
};

/** A whole number, with decimals that say nothing. */
const WHOLE = /^([+-]?\d+)(?:\.0*)?$/;

/** An xs:decimal as upstream wrote it, but for blanks around it. */
function decimalOf(raw: Raw): string | undefined {
  if (raw instanceof Literal) return writtenOut(raw.digits);
  return typeof raw === 'string' && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*$/.test(raw) ? raw.trim() : undefined;
}

/** A JSON number without its exponent, which xs:decimal lacks: the point moves, and every digit stays. */
function writtenOut(number: string): string {
  const [, sign = '', whole = '', fraction = '', power] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  if (power === undefined) return number;
  const places = fraction.length - Number(power);
  const digits = (BigInt(whole + fraction) * 10n ** BigInt(Math.max(0, -places))).toString().padStart(places + 1, '0');
  return places > 0 ? `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}` : sign + digits;
}

/** ISO 8601, without an offset in UTC, as RFC 3339 in UTC with milliseconds. */
function instant(text: string): string | undefined {
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,3})\d*)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/.exec(
    text,
  );
  if (iso === null) return undefined;
  const [, day = '', time = '00:00', seconds = ':00', milliseconds = '0', offset = 'Z'] = iso;
  const local = new Date(`${day}T${time}${seconds}.${milliseconds.padEnd(3, '0')}Z`);
  if (Number.isNaN(local.getTime()) || !local.toISOString().startsWith(day)) return undefined;
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? [];
  return new Date(local.getTime() - Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000).toISOString();
}

/** A member of a REST object as its field shows it. */
function readMember(member: Member, raw: Raw, path: string, found: Found): unknown {
  const { type, list, required } = member;
  const invalid = () => void found('INVALID_VALUE', path);
  if (list) return membersOfList(raw, invalid).flatMap((each) => readEntry(type.name, each, `${path}[]`, found) ?? []);
  if (raw === undefined || raw === null) {
    if (isEnumType(type)) return required ? (invalid() ?? 'UNKNOWN') : null;
    if (isScalarType(type)) return required ? invalid() : null;
    return required ? readObject(type.name, {}, path, found) : null;
  }
  if (isEnumType(type)) {
    // The name of a KPI is shown too, as text.
    if (required && SCALARS.String?.(raw, invalid) === undefined) return 'UNKNOWN';
    if (typeof raw === 'string' && raw !== 'UNKNOWN' && type.getValue(raw)) return raw;
    found('UNKNOWN_VALUE', path);
    return 'UNKNOWN';
  }
  if (isScalarType(type)) return SCALARS[type.name]?.(raw, invalid) ?? (required ? undefined : null);
  if (isObject(raw)) return readObject(type.name, raw, path, found);
  invalid();
  return required ? readObject(type.name, {}, path, found) : null;
}

/** An object in place of a list is its only member. */
function membersOfList(raw: Raw, invalid: () => void): readonly Raw[] {
  if (Array.isArray(raw)) return raw;
  if (raw === undefined || raw === null) return [];
  invalid();
  return isObject(raw) && Object.keys(raw).length > 0 ? [raw] : [];
}

function readEntry(typeName: string, raw: Raw, path: string, found: Found): unknown {
  if (isObject(raw)) return readObject(typeName, raw, path, found);
  return void found('INVALID_VALUE', path);
}

/** The fields of a REST object; undefined if a value cannot be read that the SDL requires. Then the object is what is dropped. */
function readObject(typeName: string, raw: RawObject, path: string, found: Found): Record<string, unknown> | undefined {
  const object: Record<string, unknown> = {};
  // The required ones first: without them, nothing else is read.
  for (const member of membersOf(typeName).toSorted((a, b) => Number(b.required) - Number(a.required))) {
    const { rest, other } = member;
    const spelling =
      other !== undefined && (raw[rest] ?? null) === null && (raw[other] ?? null) !== null ? other : rest;
    const at = path === '' ? '' : `${path}.`;
    const value = readMember(member, raw[spelling], at + spelling, found);
    if (value === undefined) return undefined;
    object[member.field] = value;
    if (other !== undefined && spelling === rest && contradicts(raw[rest], raw[other]))
      found('INVALID_VALUE', at + other);
  }
  return typeName.endsWith('Restriction') ? { ...object, ...computed(raw, object) } : object;
}

/** Whether the second spelling of a member has another value than the first. */
function contradicts(raw: Raw, other: Raw): boolean {
  const plain = (value: Raw) => (value instanceof Literal ? value.digits : value);
  return (other ?? null) !== null && plain(raw) !== plain(other);
}

/** The fields of a restriction that are worked out of others. */
function computed(raw: RawObject, { maxLimit, currentCustomerUsage }: Record<string, unknown>) {
  const unlimited = typeof maxLimit === 'string' && /^-0*1(\.0*)?$/.test(maxLimit);
  const known = typeof maxLimit === 'string' && typeof currentCustomerUsage === 'string';
  return {
    kpiName: SCALARS.String?.(raw.kpi ?? '', () => undefined) ?? '',
    unlimited,
    remaining: unlimited || !known ? null : minus(maxLimit, currentCustomerUsage),
  };
}

/** The exact difference, with as many decimal places as the longer of both. */
function minus(from: string, what: string): string {
  const places = Math.max(...[from, what].map((each) => each.split('.')[1]?.length ?? 0));
  const scaled = (text: string) => {
    const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
    return BigInt(whole + fraction.padEnd(places, '0')) * (text.startsWith('-') ? -1n : 1n);
  };
  const difference = scaled(from) - scaled(what);
  const digits = String(difference < 0n ? -difference : difference).padStart(places + 1, '0');
  const split = digits.length - places;
  return `${difference < 0n ? '-' : ''}${digits.slice(0, split)}${places > 0 ? `.${digits.slice(split)}` : ''}`;
}

/** An entry of REST `promotions`. */
function readPromotion(raw: Raw): {
  readonly promotion: Record<string, unknown> | undefined;
  readonly drifts: Drift[];
} {
  const drifts: Drift[] = [];
  const found: Found = (code, field) => drifts.push({ code, field });
  if (!isObject(raw)) return { promotion: undefined, drifts: [{ code: 'INVALID_VALUE', field: 'promotions[]' }] };
  const promotion = readObject('Promotion', raw, '', found);
  return { promotion, drifts };
}

/** A value that the SDL calls opaque. It begins with this; the rest is equal where the SDL says that the values are equal. */
export const OPAQUE = 'opaque:';
/** A message that begins like this. */
export const MESSAGE = 'message:';
/** Any text. */
export const ANY = 'any';
/** Any number. */
export const ANY_COUNT = -987_654_321;

function opaque(...what: unknown[]): string {
  return `${OPAQUE}${JSON.stringify(what)}`;
}

const warning = ({ code, field }: Drift, promotionId: unknown) => ({
  code,
  field,
  message: MESSAGE + field,
  promotionId,
});

type Window = { readonly offset: number; readonly limit: number };

const TOTALS = new Set(['pageDetails', 'totalCount', '__typename']);

/** Whether promotions are selected of a page. */
function readsPromotions({ schema, fragments, variableValues, returnType, fieldNodes }: GraphQLResolveInfo): boolean {
  const type = getNamedType(returnType) as GraphQLObjectType;
  const selected = collectSubfields(schema, fragments, variableValues, type, fieldNodes).values();
  return [...selected].some(([node]) => !TOTALS.has(node?.name.value ?? ''));
}

function readPage(
  whole: List,
  who: readonly unknown[],
  window: Window,
  info: GraphQLResolveInfo,
  cursorOf: (position: number) => string,
) {
  const { offset, limit } = window;
  const list = seenFrom(whole, offset);
  const positions = Array.from(
    { length: Math.max(0, Math.min(limit, list.entries.length - offset)) },
    (_, i) => offset + i,
  );
  const sent = positions.filter((position) => !list.leftOut.has(position));
  const entries = sent.map((position) => ({ position, ...readPromotion(list.entries[position]) }));
  const shown = entries.flatMap(({ position, promotion }) => {
    if (promotion === undefined) return [];
    const id = opaque('promotion', ...who, promotion.promotionId);
    return [{ cursor: list.leftOut.size > 0 ? ANY : cursorOf(position), node: { ...promotion, id } }];
  });
  const counted = Math.max(0, Math.min(limit, list.total - offset));
  const missing = sent.length < counted;
  const details = detailsOf(list);
  const warnings = [
    ...upstreamWarnings(list.warnings),
    ...customerIdDrifts(list.customerId).map((drift) => warning(drift, null)),
    ...details.drifts.map((drift) => warning(drift, null)),
    ...(missing
      ? [{ ...warning({ code: 'MISSING_ENTRIES', field: 'promotions' }, null), message: `${MESSAGE}Upstream sent ` }]
      : []),
    ...entries.flatMap(({ promotion, drifts }) =>
      drifts.map((drift) => warning(drift, promotion?.promotionId ?? null)),
    ),
  ];
  const { total } = details;
  const pageInfo = {
    hasNextPage: total === ANY_COUNT ? sent.length > 0 && readsPromotions(info) : offset + limit < total,
    hasPreviousPage: offset > 0,
    startCursor: counted === 0 ? null : cursorOf(offset),
    endCursor: counted === 0 ? null : cursorOf(offset + counted - 1),
  };
  return { shown, warnings, pageInfo, total };
}

function customerIdDrifts(customerId: Raw): Drift[] {
  const drifts: Drift[] = [];
  if ((customerId ?? null) !== null)
    SCALARS.ID?.(customerId, () => void drifts.push({ code: 'INVALID_VALUE', field: 'customerId' }));
  return drifts;
}

/** The total of a list, and what cannot be read of its page details. Where upstream names no total, the SDL promises none. */
function detailsOf({ wrongDetails, total }: List): { readonly total: number; readonly drifts: Drift[] } {
  if (wrongDetails === undefined) return { total, drifts: [] };
  const drift = (field: string) => ({ code: 'INVALID_VALUE', field });
  if (typeof wrongDetails === 'string') return { total: ANY_COUNT, drifts: [drift('pageDetails')] };
  const names = Object.keys(wrongDetails);
  return {
    total: names.includes('totalEntries') ? ANY_COUNT : total,
    drifts: names.map((name) => drift(`pageDetails.${name}`)),
  };
}

/** Members of REST `warnings`. Text is a message; a code without a message is named. */
function upstreamWarnings(raw: Raw) {
  const drifts: Drift[] = [];
  const found: Found = (code, field) => drifts.push({ code, field });
  const members = Array.isArray(raw) ? raw : [raw ?? []].flat();
  const own = members.flatMap((each): object[] => {
    if (typeof each === 'string')
      return [{ code: null, message: SCALARS.String?.(each, () => void found('INVALID_VALUE', 'warnings[]')) }];
    const { code, message }: RawObject = isObject(each) ? each : {};
    const named =
      code instanceof Literal && message === undefined
        ? { code, message: `${MESSAGE}Upstream warned with code ${code.digits}.` }
        : each;
    const read = readEntry('Warning', named, 'warnings[]', found);
    return read === undefined ? [] : [read as object];
  });
  return [
    ...own.map((each) => ({ ...(each as object), promotionId: null, field: null })),
    ...drifts.map((drift) => warning(drift, null)),
  ];
}

type ListArguments = {
  readonly dataScope?: { readonly scope: string; readonly orgIds?: readonly string[] | null } | null;
  readonly status?: string | null;
  readonly includeAlternateCurrencyUsage?: boolean | null;
  readonly limit?: number | null;
  readonly offset?: number | null;
  readonly first?: number | null;
  readonly after?: string | null;
};

/** Who asks, and what the gateway has shown before. */
export type Asking = {
  readonly world: World;
  readonly authorization: string;
  /** The headers' data scope, empty without. */
  readonly dataScope: string;
  /** What an opaque value that was shown stands for. */
  readonly meaningOf: (shown: string) => string | undefined;
};

function fail(code: string): never {
  throw new GraphQLError(code, { extensions: { code } });
}

/** REST's spelling of an identifier, as the SDL describes each kind. */
function restIdentifier({ name, value }: { name: string; value: string }): { name: string; value: string } {
  if (name === 'MOBILE') return { name: 'mobile', value: value.replace(/[^0-9]/g, '') };
  if (name === 'EMAIL') return { name: 'email', value: value.toLowerCase() };
  return { name: name === 'ID' ? 'id' : 'externalid', value };
}

/** The answer to an operation, as far as the SDL's descriptions tell it. */
export function expectedAnswer(
  document: DocumentNode,
  variableValues: Record<string, unknown>,
  asking: Asking,
): ExecutionResult {
  const { world, authorization } = asking;
  /** Customers of whom a list was read: they have a customer id without a lookup. */
  const read = new Set<string>();
  /** Codes of lists in the headers' data scope that could not be read. */
  const failed = new Map<string, string>();
  let planning = true;
  const customer = (identifier: { name: string; value: string }, source: string) => {
    const asker: Asker = { authorization, ...restIdentifier(identifier), source };
    const who = [authorization, asker.name, asker.value, source];
    const variantOf = (args: ListArguments): Variant => {
      const { scope, orgIds } = args.dataScope ?? {};
      return {
        dataScope: scope === undefined ? asking.dataScope : [scope, orgIds?.join()].filter(Boolean).join(':'),
        status: args.status ?? '',
        alternate: args.includeAlternateCurrencyUsage ?? false,
      };
    };
    const listFor = (variant: Variant, limit: number): List => {
      if (limit < 0 || limit > 1000) return fail('BAD_USER_INPUT');
      const list = world.list(asker, variant);
      if (list.failure !== undefined) {
        const before = failed.get(who.join());
        if (variant.dataScope === asking.dataScope) failed.set(who.join(), before ?? list.failure.code);
        return fail(list.failure.code);
      }
      read.add(who.join());
      return list;
    };
    return {
      id: opaque('customer', authorization, identifier.name, identifier.value, source),
      identifier: { name: identifier.name, value: identifier.value },
      source,
      customerId: () => {
        if (planning) return '';
        const list = world.list(asker, { dataScope: asking.dataScope, status: '', alternate: false });
        const code = failed.get(who.join()) ?? list.failure?.code;
        if (!read.has(who.join()) && code !== undefined) return fail(code);
        return SCALARS.ID?.(list.customerId ?? null, () => undefined) ?? fail('UPSTREAM_INVALID_RESPONSE');
      },
      promotions: (args: ListArguments, _: unknown, info: GraphQLResolveInfo) => {
        const window = { offset: args.offset ?? 0, limit: args.limit ?? 10 };
        if (window.offset < 0) fail('BAD_USER_INPUT');
        const variant = variantOf(args);
        const list = listFor(variant, window.limit);
        const { shown, warnings, pageInfo, total } = readPage(
          list,
          [...who, variant.dataScope, variant.alternate],
          window,
          info,
          String,
        );
        const { limit, offset } = window;
        return {
          items: shown.map(({ node }) => node),
          warnings,
          pageDetails: {
            pageNumber: limit === 0 ? 0 : Math.floor(offset / limit),
            pageSize: limit,
            totalEntries: total,
            pageCount: limit === 0 ? 0 : total === ANY_COUNT ? ANY_COUNT : Math.ceil(total / limit),
            hasNextPage: pageInfo.hasNextPage,
          },
        };
      },
      promotionConnection: (args: ListArguments, _: unknown, info: GraphQLResolveInfo) => {
        const variant = variantOf(args);
        const of = ['cursor', variant.dataScope, variant.status, variant.alternate];
        const after = args.after == null ? undefined : positionOf(asking.meaningOf(args.after), of);
        const window = { offset: after === undefined ? 0 : after + 1, limit: args.first ?? 10 };
        const list = listFor(variant, window.limit);
        const promotionOf = [...who, variant.dataScope, variant.alternate];
        const page = readPage(list, promotionOf, window, info, (position) => opaque(...of, position));
        const { shown, warnings, pageInfo, total } = page;
        return { edges: shown, nodes: shown.map(({ node }) => node), warnings, pageInfo, totalCount: total };
      },
    };
  };
  const rootValue = {
    customer: (args: { identifier: { name: string; value: string }; source: string }) =>
      customer(args.identifier, args.source),
    customers: (args: { identifiers: { name: string; value: string }[]; source: string }) =>
      args.identifiers.map((identifier) => customer(identifier, args.source)),
  };
  // The first runs only find out of whom a list is read. Of a customer whose lists fail differently, one outside of `customers` is the first.
  execute({ schema, document, variableValues, rootValue: { ...rootValue, customers: () => [] } });
  execute({ schema, document, variableValues, rootValue });
  planning = false;
  return execute({ schema, document, variableValues, rootValue }) as ExecutionResult;
}

/** The position that a cursor stands for. It is valid only for the list that it was made for. */
function positionOf(meaning: string | undefined, of: readonly unknown[]): number {
  const parts: unknown[] = meaning === undefined ? [] : JSON.parse(meaning.slice(OPAQUE.length));
  const position = parts.at(-1);
  return typeof position === 'number' && JSON.stringify(parts.slice(0, -1)) === JSON.stringify(of)
    ? position
    : fail('BAD_USER_INPUT');
}
