import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { RecordedCall, Reply } from '../support/upstream.ts';
import { Literal, type Oddity, promotionAt, type Raw, write } from './payloads.ts';
import { type Random, randomOf } from './random.ts';

/** What a list depends on, as upstream sees it. */
export type Asker = {
  readonly authorization: string;
  /** REST identifier name and value, in upstream's spelling. */
  readonly name: string;
  readonly value: string;
  readonly source: string;
};
export type Variant = {
  /** The headers' values, empty without. */
  readonly dataScope: string;
  readonly status: string;
  readonly alternate: boolean;
};

/** Codes of upstream's error body that docs/errors.md lists, each with the code that it says. */
const REFUSALS = {
  8015: 'CUSTOMER_NOT_FOUND',
  1012: 'CUSTOMER_NOT_FOUND',
  8003: 'BAD_USER_INPUT',
  1104: 'BAD_USER_INPUT',
  8045: 'ACCOUNT_REQUIRED',
  310144: 'DATA_SCOPE_REJECTED',
  1044: 'FORBIDDEN',
  618: 'CUSTOMER_BLOCKED',
  9999: 'UPSTREAM_REJECTED',
};
const NO_PAGES = [
  '<html></html>',
  '[]',
  'null',
  '5',
  '',
  '{}',
  '{"pageDetails":',
  '{"data":{"promotions":[]}}',
  '{"promotions":[]} x',
];

/** Why a list cannot be read, and the error code that this is. */
export type Failure = { readonly status: number; readonly body: string; readonly code: string };

/** How upstream's windows of a list differ from what was asked for. */
export type Shortness = 'none' | 'ignores limit' | (typeof SHORT)[number];
/** What is sent then, depends on the windows that the gateway asks for: only a list that is asked for alone has one right answer. */
const SHORT = ['leaves out', 'counts too many', 'shrinks'] as const;

/** External ids of customers whose lists are shorter than upstream counts begin with this. */
export const SHORT_LISTS = 'short-';

/** A customer's list as upstream has it. */
export type List = {
  readonly failure: Failure | undefined;
  readonly customerId: Raw;
  /** REST `promotions`, all of them. */
  readonly entries: readonly Raw[];
  readonly shortness: Shortness;
  /** Positions of the entries that upstream counts and never sends. */
  readonly leftOut: ReadonlySet<number>;
  /** What upstream writes in place of its page details, or of their members; undefined if they are right. */
  readonly wrongDetails: { readonly [member: string]: Raw } | 'missing' | 'no object' | undefined;
  readonly warnings: Raw;
  /** Upstream counts as many. */
  readonly total: number;
};

/** What an installation does with every list. */
export type Habits = { readonly cap: number; readonly refusesZero: boolean };

export type World = {
  readonly plain: boolean;
  habits(authorization: string): Habits;
  list(asker: Asker, variant: Variant): List;
  readonly reply: Reply;
};

/**
 * An upstream whose lists follow from this seed, for any credentials and customer. It keeps no state but copies of recent lists.
 * @param plain whether it never fails and sends as many promotions as it counts. What is made to fail in addition is then all that does
 */
export function worldOf(seed: string, plain = false): World {
  const recent = new Map<string, List>();
  const habits = (authorization: string): Habits => {
    const random = randomOf(`${seed} habits ${authorization}`);
    return {
      cap: plain || random.chance(0.8) ? 100 : random.pick([10, 25, 50, 60]),
      refusesZero: !plain && random.chance(0.2),
    };
  };
  const list = (asker: Asker, variant: Variant): List => {
    const who = [seed, asker.authorization, asker.name, asker.value, asker.source].join('|');
    const key = [who, variant.dataScope, variant.status, variant.alternate].join('|');
    const short = asker.value.startsWith(SHORT_LISTS);
    const known =
      recent.get(key) ?? listOf(randomOf(key), customerIdOf(randomOf(who)), short, plain, habits(asker.authorization));
    recent.delete(key);
    recent.set(key, known);
    if (recent.size > 100) recent.delete(recent.keys().next().value as string);
    return known;
  };
  return {
    plain,
    habits,
    list,
    reply: (call, response) => {
      const { headers, query } = call;
      const dataScope = [headers['data-scope'], headers['data-scope-org']].filter(Boolean).join(':');
      const asked = list(
        {
          authorization: headers.authorization ?? '',
          name: query.identifierName ?? '',
          value: query.identifierValue ?? '',
          source: query.source ?? '',
        },
        {
          dataScope,
          status: query.promotionStatusForCustomer ?? '',
          alternate: query.includeAlternateCurrencyUsage === 'true',
        },
      );
      const { status, body } = bodyOf(asked, habits(headers.authorization ?? ''), call);
      const encoded = encode(body, randomOf(`${seed} ${call.rawUrl}`), String(headers['accept-encoding'] ?? ''));
      response.writeHead(status, encoded.headers).end(encoded.bytes);
    },
  };
}

function customerIdOf(random: Random): Raw {
  if (random.chance(0.04)) return random.pick([undefined, null, '', true, {}, new Literal('1.5')]);
  return random.pick([
    new Literal(1e9 + random.below(1e9)),
    String(random.below(1e9)),
    new Literal(`90071992547${random.below(1e9)}`),
  ]);
}

function listOf(random: Random, customerId: Raw, short: boolean, plain: boolean, { cap }: Habits): List {
  const oddity: Oddity = random.pick([
    { missing: 0.05, odd: 0 },
    { missing: 0.05, odd: 0.02 },
    { missing: 0.2, odd: 0.1 },
    { missing: 0.1, odd: 0.4 },
  ]);
  const length = random.pick([
    0,
    1,
    2,
    4,
    9,
    10,
    11,
    30,
    99,
    100,
    101,
    130,
    ...Array.from({ length: 8 }, () => random.below(250)),
  ]);
  const shortness: Shortness =
    short && length > 1 ? random.pick(SHORT) : random.chance(0.05) ? 'ignores limit' : 'none';
  // The gateway lists at most 100 warnings for one call.
  const bounded = {
    missing: Math.min(oddity.missing, 15 / length),
    odd: short ? 0 : Math.min(oddity.odd, 0.9 / length),
  };
  return {
    failure: plain ? undefined : failureOf(random),
    customerId,
    entries: Array.from({ length }, (_, position) => promotionAt(position, bounded, random)),
    shortness,
    leftOut: new Set(
      shortness === 'leaves out' ? Array.from({ length: 1 + random.below(3) }, () => random.below(length)) : [],
    ),
    total: length + (shortness === 'counts too many' ? 1 + random.below(5) : 0),
    wrongDetails:
      shortness === 'none' && length < 90 && cap === 100 && random.chance(0.12) ? wrongDetailsOf(random) : undefined,
    warnings: random.chance(0.7) ? [] : random.pick(WARNINGS),
  };
}

const WARNINGS: readonly Raw[] = [
  [{ status: true, code: new Literal(8069), message: 'merged customer found' }],
  [
    { code: '521', message: 'several actions are running' },
    { status: false, code: new Literal(8069), message: 'merged' },
  ],
  [{ message: 'without a code' }],
  [{ code: new Literal(521) }],
  [{ code: {}, message: 'wrong code' }],
  [null, 'text', { code: new Literal(1), message: 'half \ud800' }],
  { code: new Literal(7), message: 'alone' },
  ...['none', undefined, null, new Literal(5)],
];

function failureOf(random: Random): Failure | undefined {
  if (random.chance(0.9)) return undefined;
  const kind = random.pick(['refusal', 'refusal', 'no page', 'status'] as const);
  if (kind === 'no page') return { status: 200, body: random.pick(NO_PAGES), code: 'UPSTREAM_INVALID_RESPONSE' };
  if (kind === 'status') {
    const body = random.pick(['<html></html>', '', '{}', '{"errors":[]}']);
    const [status, code] = random.pick([
      [401, 'UNAUTHENTICATED'],
      [403, 'FORBIDDEN'],
      [404, body.startsWith('{') ? 'UPSTREAM_REJECTED' : 'UPSTREAM_INVALID_RESPONSE'],
      [503, 'UPSTREAM_UNAVAILABLE'],
    ] as const);
    return { status, body, code };
  }
  const [number, code] = random.pick(Object.entries(REFUSALS));
  const error = { status: false, code: random.pick([new Literal(number), number]), message: 'not to be shown' };
  const body = write({ errors: [error], ...(random.chance(0.2) && { promotions: [], customerId: new Literal(1) }) });
  return { status: random.pick([200, 400, 404]), body, code };
}

function wrongDetailsOf(random: Random): List['wrongDetails'] {
  const wrong = [undefined, null, 'x', true, new Literal('1.5'), new Literal(-1), {}, new Literal(2 ** 31)];
  return random.pick([
    'missing',
    'no object',
    { totalEntries: random.pick(wrong) },
    { pageNumber: random.pick(wrong), pageCount: random.pick(wrong) },
    { pageSize: random.pick(wrong) },
  ] as const);
}

/** The list as a call with this offset sees it. One that shrinks has lost its last entry when it is read again. */
export function seenFrom(list: List, offset: number): List {
  return list.shortness === 'shrinks' && offset > 0
    ? { ...list, entries: list.entries.slice(0, -1), total: list.total - 1 }
    : list;
}

/** Upstream's response to a call for a list. */
function bodyOf(
  list: List,
  habits: Habits,
  { query }: RecordedCall,
): { readonly status: number; readonly body: string } {
  const limit = Number(query.limit);
  const offset = Number(query.offset ?? 0);
  const error = (code: number) => ({
    status: 400,
    body: write({ errors: [{ code: new Literal(code), message: 'no' }] }),
  });
  if (!(limit >= 0 && limit <= 100 && offset >= 0)) return error(8102);
  if (list.failure !== undefined) return list.failure;
  if (limit === 0 && habits.refusesZero) return error(8101);
  const { entries, total } = seenFrom(list, offset);
  const count = list.shortness === 'ignores limit' ? Math.max(limit, 10) : Math.min(limit, habits.cap);
  const promotions = entries.slice(offset, offset + count);
  const details = {
    pageNumber: new Literal(limit === 0 ? 0 : Math.floor(offset / limit)),
    pageSize: new Literal(limit),
    totalEntries: new Literal(total),
    pageCount: new Literal(limit === 0 ? 0 : Math.ceil(total / limit)),
  };
  const { wrongDetails } = list;
  const page = {
    pageDetails:
      wrongDetails === 'missing' ? undefined : wrongDetails === 'no object' ? 'none' : { ...details, ...wrongDetails },
    customerId: list.customerId,
    promotions: promotions.filter((_, i) => !list.leftOut.has(offset + i)),
    warnings: list.warnings,
  };
  return { status: 200, body: write(page) };
}

type Encoded = { readonly headers: Record<string, string>; readonly bytes: Buffer };

/** A body in one of the encodings that HTTP servers send JSON in. */
function encode(body: string, random: Random, accepted: string): Encoded {
  const type = 'application/json';
  const utf8 = Buffer.from(body);
  const ascii = body.replace(/[^\0-\x7f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const packed = (name: string, bytes: Buffer): Encoded =>
    accepted.includes(name)
      ? { headers: { 'content-type': type, 'content-encoding': name }, bytes }
      : { headers: { 'content-type': type }, bytes: utf8 };
  switch (random.below(12)) {
    case 0:
      return { headers: { 'content-type': type }, bytes: Buffer.from(`\ufeff${body}`) };
    case 1:
      return {
        headers: { 'content-type': `${type};charset=UTF-16LE` },
        bytes: Buffer.from(`\ufeff${body}`, 'utf16le'),
      };
    case 2:
      return { headers: { 'content-type': `${type}; charset="iso-8859-1"` }, bytes: Buffer.from(ascii, 'latin1') };
    case 3:
      return { headers: { 'content-type': type, 'content-encoding': random.pick(['', 'identity']) }, bytes: utf8 };
    case 4:
      return { headers: {}, bytes: utf8 };
    case 5:
      return { headers: { 'content-type': 'text/html;charset=utf-8' }, bytes: utf8 };
    case 6:
      return packed('gzip', gzipSync(utf8));
    case 7:
      return packed('gzip', gzipSync(utf8).subarray(0, -8));
    case 8:
      return packed('deflate', deflateSync(utf8));
    case 9:
      return packed('br', brotliCompressSync(utf8));
    default:
      return { headers: { 'content-type': `${type};charset=utf-8` }, bytes: utf8 };
  }
}
