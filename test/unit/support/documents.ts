import type { GeneratorValue } from 'fast-check';
import fc from 'fast-check';
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
} from 'graphql';

/** An operation with variables, and with others before. */
export type GeneratedOperation = {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly variablesBefore: Record<string, unknown>;
};

/** Names that mean something to JavaScript. */
const ODD_NAMES = ['__proto__', 'constructor', 'toString', 'then', 'toJSON', 'length', 'a', 'items', 'id'];

/** Of the customers of generated operations, one that the caller may not read, and one that upstream fails for. */
export const DENIED = '3';
export const BROKEN = '4';
/** The values that the customers of generated operations are looked up by. */
export const CUSTOMERS = ['1', '2', DENIED, BROKEN];

/** Most succeed, since an error makes the fields around it null. */
const CUSTOMER_ARGUMENTS = ['1', '2', '1', '2', '1', '2', ...CUSTOMERS].map(
  (value) => `(identifier: { name: ID, value: "${value}" }, source: ALL)`,
);
const ROOT_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  customer: CUSTOMER_ARGUMENTS,
  customers: [
    '(identifiers: [{ name: MOBILE, value: "1" }, { name: ID, value: "2" }], source: ALL)',
    '(identifiers: { name: ID, value: "1" }, source: WECHAT)',
    `(identifiers: [{ name: ID, value: "${BROKEN}" }, { name: EMAIL, value: "2" }, { name: ID, value: "${DENIED}" }], source: ALL)`,
    '(identifiers: $list, source: $__proto__)',
  ],
  _entities: [
    `(representations: [{ __typename: "Customer", identifier: { name: "ID", value: "1" }, source: "ALL" }, { __typename: "Customer", identifier: { name: "ID", value: "${BROKEN}" }, source: "ALL" }])`,
    '(representations: [{ __typename: "Nobody" }, 7, { __typename: "Customer", identifier: { name: "ID", value: "2" }, source: "ALL" }])',
  ],
  __type: ['(name: "Customer")'],
};
const LIST_ARGUMENTS = [
  '',
  '(FIRST: 0)',
  '(FIRST: 2)',
  '(FIRST: $limit)',
  '(FIRST: $constructor)',
  '(status: $status)',
  '(FIRST: 1, status: EXPIRED)',
  '(dataScope: { scope: OTHER, orgIds: ["1"] }, includeAlternateCurrencyUsage: $no)',
];

/** The fields with most of the schema below them. */
const WANTED = new Set([
  'customer',
  'customers',
  'promotions',
  'promotionConnection',
  'items',
  'nodes',
  'edges',
  'node',
  'restrictions',
]);

/** Declarations of the variables, and their values, of which some are missing. */
const VARIABLES: readonly { readonly name: string; readonly type: string; readonly values: readonly unknown[] }[] = [
  { name: 'yes', type: 'Boolean!', values: [true] },
  { name: 'no', type: 'Boolean! = false', values: [false, undefined] },
  { name: 'toString', type: 'Boolean! = true', values: [true, false, undefined] },
  { name: 'maybe', type: 'Boolean = true', values: [true, false, null, undefined] },
  { name: 'limit', type: 'Int! = 3', values: [0, 2, undefined] },
  { name: 'constructor', type: 'Int = 1', values: [2, null, undefined] },
  { name: 'status', type: 'PromotionStatus', values: ['EXPIRED', null, undefined] },
  { name: '__proto__', type: 'Source! = ALL', values: ['FACEBOOK', undefined] },
  {
    name: 'list',
    type: '[CustomerIdentifierInput!]! = { name: ID, value: "1" }',
    values: [[], [{ name: 'ID', value: DENIED }], undefined],
  },
];

/** Valid operations over a whole schema, with repeated fragments, conditions, unusual aliases, defaults and nulls. */
export class OperationWriter {
  readonly #schema: GraphQLSchema;
  readonly #g: GeneratorValue;
  /** The field and arguments of each alias, so that equal response names can be merged. */
  readonly #aliases = new Map<string, string>();
  /** Of each type, the selections that were written last. */
  readonly #written = new Map<string, string>();
  readonly #fragments: { readonly name: string; readonly type: GraphQLNamedType; text: string | undefined }[] = [];
  /** Half of the operations have no conditions at all. */
  readonly #hasDirectives: boolean;
  #selectionsLeft = 60;

  constructor(schema: GraphQLSchema, g: GeneratorValue) {
    this.#schema = schema;
    this.#g = g;
    this.#hasDirectives = this.#number(1) === 0;
  }

  write(): GeneratedOperation {
    const selections = this.#selections(this.#schema.getQueryType() as GraphQLNamedType, 0);
    const fragments = this.#fragments.map(({ name, type, text }) => `fragment ${name} on ${type.name} ${text}`);
    const body = [selections, ...fragments].join('\n');
    const used = VARIABLES.filter(({ name }) => new RegExp(`\\$${name}\\b`).test(body));
    const declared = used.map(({ name, type }) => `$${name}: ${type}`).join(', ');
    const given = () => {
      const values = used.map(({ name, values }): [string, unknown] => [name, this.#pick(values)]);
      return Object.fromEntries(values.filter(([, value]) => value !== undefined));
    };
    return {
      query: `query Generated${declared && `(${declared})`} ${body}`,
      variables: given(),
      variablesBefore: given(),
    };
  }

  #selections(type: GraphQLNamedType, depth: number): string {
    const count = 1 + this.#number(depth < 2 ? 4 : 5);
    const written = Array.from({ length: count }, () => this.#selection(type, depth));
    return `{ ${written.join(' ')} }`;
  }

  #selection(type: GraphQLNamedType, depth: number): string {
    this.#selectionsLeft--;
    const choice = this.#number(9);
    if (choice === 0 && this.#selectionsLeft > 0) return this.#spread(type, depth);
    if (choice === 1 && this.#selectionsLeft > 0) {
      const condition = this.#pick([undefined, ...this.#conditions(type)]);
      return `...${condition ? ` on ${condition.name}` : ''}${this.#directive()} ${this.#selections(condition ?? type, depth)}`;
    }
    return this.#field(type, depth);
  }

  /** An existing fragment, or a new one. */
  #spread(type: GraphQLNamedType, depth: number): string {
    const conditions = this.#conditions(type);
    const known = this.#fragments.filter(
      (fragment) => fragment.text !== undefined && conditions.includes(fragment.type),
    );
    if (known.length > 0 && this.#number(3) > 0) return `...${this.#pick(known).name}${this.#directive()}`;
    const fragment = {
      name: `F${this.#fragments.length}`,
      type: this.#pick(conditions),
      text: undefined as string | undefined,
    };
    this.#fragments.push(fragment);
    fragment.text = this.#selections(fragment.type, depth);
    return `...${fragment.name}${this.#directive()}`;
  }

  /** The types that a fragment may have here. */
  #conditions(type: GraphQLNamedType): GraphQLNamedType[] {
    if (isAbstractType(type)) return [type, ...this.#schema.getPossibleTypes(type)];
    return 'getInterfaces' in type ? [type, ...type.getInterfaces()] : [type];
  }

  #field(type: GraphQLNamedType, depth: number): string {
    const all = 'getFields' in type ? (Object.values(type.getFields()) as GraphQLField<unknown, unknown>[]) : [];
    const leafs = all.filter((field) => isLeafType(getNamedType(field.type)));
    const fields = this.#selectionsLeft > 0 && depth < 9 ? all : leafs;
    if (fields.length === 0 || this.#number(12) === 0) return this.#aliased('__typename', '') + this.#directive();
    const lists = fields.filter(({ name }) => WANTED.has(name));
    const field = this.#pick(lists.length > 0 && this.#number(2) > 0 ? lists : fields);
    const arguments_ = this.#arguments(field.name);
    const inner = getNamedType(field.type);
    const selections = isCompositeType(inner) ? ` ${this.#repeatedOrNew(inner, depth + 1)}` : '';
    return this.#aliased(field.name, arguments_) + this.#directive() + selections;
  }

  /** Selections that were written before for the same type, or new ones. */
  #repeatedOrNew(type: GraphQLNamedType, depth: number): string {
    const before = this.#written.get(type.name);
    if (before !== undefined && this.#number(3) === 0) return before;
    const selections = this.#selections(type, depth);
    this.#written.set(type.name, selections);
    return selections;
  }

  #arguments(name: string): string {
    if (name === 'promotions') return this.#pick(LIST_ARGUMENTS).replace('FIRST', 'limit');
    if (name === 'promotionConnection') return this.#pick(LIST_ARGUMENTS).replace('FIRST', 'first');
    const known = ROOT_ARGUMENTS[name];
    return known ? this.#pick(known) : '';
  }

  /** The field with its arguments, under a name that means the same everywhere in the document. */
  #aliased(name: string, arguments_: string): string {
    const field = `${name}${arguments_}`;
    const plain = this.#number(3) > 0 ? name : this.#pick(ODD_NAMES);
    let alias = plain;
    for (let i = 0; (this.#aliases.get(alias) ?? field) !== field; i++) alias = `${plain}${i}`;
    this.#aliases.set(alias, field);
    return alias === name ? field : `${alias}: ${field}`;
  }

  #directive(): string {
    if (!this.#hasDirectives || this.#number(2) > 0) return '';
    return this.#pick([
      '',
      '',
      '',
      '',
      '',
      '',
      ' @include(if: true)',
      ' @skip(if: $no)',
      ' @skip(if: $yes)',
      ' @include(if: $toString)',
      ' @skip(if: $toString) @include(if: $yes)',
      ' @include(if: false)',
      ' @include(if: $maybe)',
    ]);
  }

  #number(max: number): number {
    return this.#g(anyNumber, max);
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#number(items.length - 1)] as Item;
  }
}

/** A uniform choice, without fast-check's preference for small numbers. */
function anyNumber(max: number): fc.Arbitrary<number> {
  return fc.noBias(fc.nat({ max }));
}
