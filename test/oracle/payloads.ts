import { type GraphQLNamedType, isEnumType, isScalarType } from 'graphql';
import type { Random } from './random.ts';
import { membersOf } from './sdl.ts';

/** A JSON number as it is written: `50.000` and `9007199254740993` keep their digits. */
export class Literal {
  readonly digits: string;
  constructor(digits: string | number) {
    this.digits = String(digits);
  }
}

export type RawObject = { readonly [member: string]: Raw };
/** A JSON value; undefined is a member that is missing. */
export type Raw = undefined | null | boolean | string | Literal | readonly Raw[] | RawObject;

export function isObject(raw: Raw): raw is RawObject {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) && !(raw instanceof Literal);
}

export function write(raw: Raw): string {
  if (raw instanceof Literal) return raw.digits;
  if (Array.isArray(raw)) return `[${raw.map((each) => write(each ?? null)).join(',')}]`;
  if (!isObject(raw)) return JSON.stringify(raw ?? null);
  const members = Object.entries(raw).filter(([, value]) => value !== undefined);
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`;
}

const literals = (...digits: (string | number)[]) => digits.map((each) => new Literal(each));

/** What upstream may write for a value of each scalar: as documented, unusual, and wrong. */
const SAMPLES: Readonly<Record<string, readonly Raw[]>> = {
  String: [
    ...[
      'Award 50',
      '',
      ' blanks ',
      'ключ',
      '“quoted” \\ \n\t',
      '🎁 gift',
      'TransactionAdd',
      '__proto__',
      '\u0000\u2028',
    ],
    ...[
      'half \ud83c',
      '\udf81 half',
      '\ud83c\ud83c\udf81',
      ...literals(5, '1.50', '1e3', '-0'),
      true,
      false,
      {},
      ['x'],
    ],
  ],
  ID: [
    ...[
      '1147',
      '000003873354',
      'ed64e808-dc10-4784-a752-eb7d8d55c87e',
      'billslayer5',
      '9007199254740993',
      '',
      ' ',
      'x\ud800',
    ],
    ...literals(50405, 0, -1, '9007199254740993', '123456789012345678901234567890', '1.5', '5.0', '1e3', '-0'),
    ...[true, {}, ['5']],
  ],
  Boolean: [true, false, 'true', 'false', 'TRUE', 'yes', '', '1', '0', ...literals(1, 0, 2, '1.0'), {}, []],
  Int: [
    ...literals(
      0,
      1,
      3,
      -1,
      2147483647,
      -2147483648,
      2147483648,
      '9007199254740993',
      '1.5',
      '3.000',
      '1e3',
      '1e-1',
      '-0',
    ),
    ...['3', '3.000', '007', '+3', '-3', '1.5', '2147483648', '', ' 3', 'many', '1,000', '0x10', true, {}, []],
  ],
  Decimal: [
    ...[
      '0',
      '50.000',
      '-1',
      '-1.000',
      '0.1',
      '98.70',
      '123456789012345678901234567890.123456789',
      '+1',
      '0050',
      '.5',
      '5.',
      '-0',
    ],
    ...['', ' 5', '5 ', '1,000.00', '1e3', 'NaN', 'Infinity', '0x10', '.', '-', '5.0.0', '٣', true, {}, []],
    ...literals(
      0,
      5,
      -1,
      '50.000',
      '-1.0',
      '0.1234567890123456789',
      '9007199254740993',
      '1e3',
      '1.50e1',
      '1.5e-3',
      '-0.0',
      '12E+2',
    ),
  ],
  DateTime: [
    ...[
      '2024-08-30T00:00:00.000Z',
      '2024-09-29T23:59:59.000Z',
      '2024-08-30T05:30:00+05:30',
      '2024-08-30T00:00:00-0800',
    ],
    ...[
      '2024-08-30T00:00:00',
      '2024-08-30',
      '2024-08-30T10:15',
      '2024-08-30T10:15:30.123456789Z',
      '2024-02-29T00:00:00Z',
    ],
    ...[
      '2023-02-29T00:00:00Z',
      '2024-13-01',
      '2024-08-30T25:00:00Z',
      '2024-08-30 10:15:30Z',
      '30/08/2024',
      'tomorrow',
      '',
    ],
    ...[...literals(1725000000000), true, {}, ['2024-08-30'], '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'],
  ],
};

/** How unexpected a payload is: the share of its values that are missing, and of those that are not as documented. */
export type Oddity = { readonly missing: number; readonly odd: number };

/** The REST object that a type of the SDL describes. */
function objectOf(typeName: string, oddity: Oddity, random: Random): RawObject {
  const members = membersOf(typeName).map(({ rest, type, list, required }): [string, Raw] => {
    if (random.chance(oddity.missing)) return [rest, random.pick([undefined, null])];
    if (!list) return [rest, singleOf(type, required, oddity, random)];
    if (random.chance(oddity.odd / 2))
      return [rest, random.pick([{}, 'none', true, ...literals(3), oneOf(type, oddity, random)])];
    return [rest, Array.from({ length: random.pick([0, 0, 1, 2]) }, () => oneOf(type, oddity, random))];
  });
  const respelt = membersOf(typeName).flatMap(({ other, type }): [string, Raw][] =>
    other !== undefined && random.chance(oddity.odd) ? [[other, singleOf(type, false, oddity, random)]] : [],
  );
  return Object.fromEntries([...members, ...respelt]);
}

function oneOf(type: GraphQLNamedType, oddity: Oddity, random: Random): Raw {
  if (random.chance(oddity.odd / 2)) return random.pick([null, 'entry', [], ...literals(1)]);
  return objectOf(type.name, oddity, random);
}

function singleOf(type: GraphQLNamedType, required: boolean, oddity: Oddity, random: Random): Raw {
  if (isEnumType(type)) {
    if (random.chance(oddity.odd))
      return random.pick(['NEW_VALUE', 'generic', '', 'UNKNOWN', 'x\ud800', true, {}, ...literals(7)]);
    return random.pick(type.getValues().filter(({ name }) => name !== 'UNKNOWN')).name;
  }
  if (!isScalarType(type)) {
    if (random.chance(oddity.odd / 2)) return random.pick(['none', [], true, ...literals(0), [{}]]);
    return objectOf(type.name, oddity, random);
  }
  const samples = SAMPLES[type.name] ?? [];
  if (random.chance(oddity.odd)) return random.pick(samples);
  return required ? String(random.below(1e9)) : random.pick(samples.slice(0, 3));
}

/** A member of REST `promotions`. Its id is not its position's, so that an entry in a wrong place shows. */
export function promotionAt(position: number, oddity: Oddity, random: Random): Raw {
  if (random.chance(oddity.odd / 20)) return random.pick([null, 'promotion', [], ...literals(5)]);
  const promotion = objectOf('Promotion', oddity, random);
  const promotionId = new Literal(1_000_000 + position * 7 + random.below(7));
  const ownId = random.chance(oddity.odd / 5) ? promotion.promotionId : promotionId;
  return { ...promotion, promotionId: ownId, newMember: 'of tomorrow' };
}
