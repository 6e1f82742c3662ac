import { type GraphQLObjectType, getNamedType, isCompositeType } from 'graphql';
import type { Random } from './random.ts';
import { schema } from './sdl.ts';

/** A request of a client. */
export type Operation = {
  readonly query: string;
  readonly variables: Record<string, unknown>;
};

export type Identifier = { readonly name: string; readonly value: string };
/** Who may be asked for, and with which arguments. */
export type Subject = {
  readonly identifiers: readonly Identifier[];
  readonly source: string;
  readonly dataScopes: readonly string[];
  /** Cursors that the gateway has shown. */
  readonly cursors: readonly string[];
};

const LIMITS = [0, 1, 2, 3, 5, 10, 10, 20, 50, 99, 100, 101, 150, 200];
const OFFSETS = [0, 0, 0, 0, 1, 2, 3, 7, 10, 50, 99, 100, 130, 5000, 2147483647];
const STATUSES = ['AVAILABLE_TO_ENROL', 'AVAILABLE_TO_EARN', 'AVAILABLE_TO_REDEEM', 'EXPIRED'];
/** An operation may have 60 aliases and 30 directives. */
const MAX_ALIASES = 50;
const MAX_DIRECTIVES = 25;

/** Any operation over a subject's customers: each field, alias, fragment and directive that the schema allows. */
export function operationOf(subject: Subject, random: Random): Operation {
  const variables: Record<string, { readonly type: string; readonly value: unknown }> = {};
  const fragments: string[] = [];
  const left = { aliases: MAX_ALIASES, directives: MAX_DIRECTIVES, large: random.chance(0.05) ? 1 : 0, lists: 6 };
  let names = 0;

  /** A value, in place or as a variable. */
  const given = (type: string, value: unknown, literal = JSON.stringify(value)) => {
    if (random.chance(0.5)) return literal;
    const name = `v${names++}`;
    variables[name] = { type, value };
    return `$${name}`;
  };
  const alias = () => (left.aliases-- > 0 ? `a${names++}: ` : undefined);
  const directive = (): string => {
    if (random.chance(0.93) || left.directives-- <= 0) return '';
    const includes = random.chance(0.5);
    const applies = random.chance(0.7);
    return ` @${includes ? 'include' : 'skip'}(if: ${given('Boolean!', includes === applies)})`;
  };

  const listArguments = (connection: boolean): string => {
    const args: string[] = [];
    const add = (share: number, name: string, value: () => string) => {
      if (random.chance(share)) args.push(`${name}: ${random.chance(0.05) ? 'null' : value()}`);
    };
    const limit = () => {
      if (left.large-- > 0) return 1000;
      return random.chance(0.02) ? random.pick([-1, 1001]) : random.pick(LIMITS);
    };
    add(0.9, connection ? 'first' : 'limit', () => given('Int', limit()));
    if (connection) add(0.4, 'after', () => given('String', random.pick([...subject.cursors, 'mistaken'])));
    else add(0.6, 'offset', () => given('Int', random.chance(0.02) ? -1 : random.pick(OFFSETS)));
    add(0.2, 'status', () => random.pick(STATUSES));
    add(0.2, 'includeAlternateCurrencyUsage', () => given('Boolean', random.chance(0.5)));
    add(0.2, 'dataScope', () => {
      const [scope = '', orgs] = random.pick(subject.dataScopes).split(':');
      return `{ scope: ${scope}${orgs === undefined ? '' : `, orgIds: ${JSON.stringify(orgs.split(','))}`} }`;
    });
    return args.length > 0 ? `(${args.join(', ')})` : '';
  };

  const selection = (type: GraphQLObjectType, share: number): string => {
    const fields = Object.values(type.getFields()).filter(() => random.chance(share));
    const parts = fields.flatMap((field): string[] => {
      const named = getNamedType(field.type);
      const list = type.name === 'Customer' && field.args.length > 0;
      if (list && left.lists-- <= 0) return [];
      const own = list ? alias() : field.name !== 'warnings' && random.chance(0.1) ? (alias() ?? '') : '';
      if (own === undefined) return [];
      const args = list ? listArguments(field.name === 'promotionConnection') : '';
      const inner = isCompositeType(named) ? selection(named as GraphQLObjectType, random.pick([0.3, 0.6, 1])) : '';
      return [`${own}${field.name}${args}${directive()}${inner}`];
    });
    if (parts.length === 0 || random.chance(0.2)) parts.push('__typename');
    const [first = ''] = parts;
    if (random.chance(0.08))
      parts.unshift(
        `... on ${type.name}${directive()} { ${parts.splice(0, 1 + random.below(parts.length)).join(' ')} }`,
      );
    else if (random.chance(0.05)) {
      const name = `F${names++}`;
      fragments.push(`fragment ${name} on ${type.name} { ${parts.splice(0, parts.length).join(' ')} }`);
      parts.push(`...${name}${directive()}`);
    }
    // The same field once more, and fields of the interface.
    if (random.chance(0.05) && !/[{(@:]/.test(first)) parts.push(first);
    if (type.getInterfaces().length > 0 && random.chance(0.2)) parts.push('... on Restriction { kpiName remaining }');
    return ` { ${parts.join(' ')} }`;
  };

  const customer = schema.getType('Customer') as GraphQLObjectType;
  const identifier = () => {
    const { name, value } = random.pick(subject.identifiers);
    return given('CustomerIdentifierInput!', { name, value }, `{ name: ${name}, value: ${JSON.stringify(value)} }`);
  };
  const source = () => given('Source!', subject.source, subject.source);
  const roots = Array.from({ length: random.pick([1, 1, 1, 2]) }, () => {
    if (random.chance(0.8))
      return `${alias()}customer(identifier: ${identifier()}, source: ${source()})${selection(customer, 0.6)}`;
    const all = Array.from({ length: random.below(4) }, identifier);
    return `${alias()}customers(identifiers: [${all.join(', ')}], source: ${source()})${selection(customer, 0.4)}`;
  });
  const declared = Object.entries(variables).map(([name, { type }]) => `$${name}: ${type}`);
  return {
    query: [
      `query Asked${declared.length > 0 ? `(${declared.join(', ')})` : ''} { ${roots.join(' ')} }`,
      ...fragments,
    ].join('\n'),
    variables: Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value])),
  };
}
