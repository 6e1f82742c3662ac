import type { ApolloServerPlugin } from '@apollo/server';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
  type SelectionSetNode,
  specifiedRules,
  TokenKind,
  type ValidationRule,
  validate,
} from 'graphql';
import { GatewayError } from '../../model/errors.ts';
import { refusalOf } from '../errors/refusedRequests.ts';
import { validationErrors } from '../errors/validationErrors.ts';
import type { ServerContext } from '../resolverContext.ts';

/** The size that a document may have. The introspection query of graphql-js has 15 levels, an operation on promotions at most 7. */
const MAX_DEPTH = 15;
const MAX_ALIASES = 60;
const MAX_DIRECTIVES = 30;

/** A name is in the path of each error, and in each object of a response: with a long one, thousands of them take minutes. */
const MAX_NAME = 256;

/** The validation compares all pairs of selections of one field, with everything nested in them. */
const MAX_SAME_FIELD = 50;

/** The maximum number of selections that are visited, each fragment as often as it is spread. */
const MAX_SELECTIONS = 10_000;

/**
 * Parsed and validated documents, with what is derived from each. A client that writes its values as literals sends a new document
 * every time.
 */
const DOCUMENTS_BYTES = 8 * 1024 * 1024;
/** Bytes of memory of a document for each byte of its JSON, as measured: 3.4 to 4.9, and its tokens hold its text too. */
const DOCUMENT_FACTOR = 5;

/** Refuses new documents that exceed a limit before they are validated, and explains to clients why one is invalid. */
export const documentLimits: ApolloServerPlugin<ServerContext> = {
  async requestDidStart() {
    let explained: readonly GraphQLFormattedError[] | undefined;
    return {
      async validationDidStart(requestContext) {
        const { schema, document } = requestContext;
        const error = documentErrorOf(document);
        if (error !== undefined) throw refusalOf(error, requestContext);
        return async (errors) => {
          const invalid = errors?.filter((each) => each instanceof GraphQLError);
          explained = invalid && validationErrors(invalid, document, schema);
        };
      },
      async willSendResponse({ response: { body } }) {
        if (explained !== undefined && body.kind === 'single') body.singleResult.errors = explained;
      },
    };
  },
};

/** Where documents are kept that were within the limits. */
export function documentStore(): InMemoryLRUCache<DocumentNode> {
  return new InMemoryLRUCache({ maxSize: DOCUMENTS_BYTES, sizeCalculation: memoryOf });
}

function memoryOf(document: DocumentNode): number {
  const text = document.loc?.source.body ?? '';
  return Buffer.byteLength(JSON.stringify(document)) * DOCUMENT_FACTOR + Buffer.byteLength(text);
}

/** The error of a document that exceeds a limit, undefined if it is within all limits. */
function documentErrorOf(document: DocumentNode): GatewayError | undefined {
  const longest = longestName(document);
  if (longest > MAX_NAME) {
    const message = `A name must have at most ${MAX_NAME} characters, got ${longest}. Shorten it.`;
    return tooLarge('names', message, { actual: longest, limit: MAX_NAME });
  }
  const { depth, aliases, directives, isCyclic } = measure(document);
  if (isCyclic) return new GatewayError('FRAGMENT_CYCLE');
  if (depth > MAX_DEPTH) return over('OPERATION_TOO_DEEP', 'levels', depth, MAX_DEPTH);
  if (aliases > MAX_ALIASES) return over('TOO_MANY_ALIASES', 'aliases', aliases, MAX_ALIASES);
  if (directives > MAX_DIRECTIVES) {
    return over('TOO_MANY_DIRECTIVES', 'directives', directives, MAX_DIRECTIVES);
  }
  const merging = mergingOf(document);
  if (merging === 'within the limits') return undefined;
  if (merging === 'too many selections') {
    const message = `The operation must select at most ${MAX_SELECTIONS} fields, each fragment as often as it is spread. Split it.`;
    return tooLarge('selections', message, { limit: MAX_SELECTIONS });
  }
  const { name, count } = merging;
  const message = `The operation must select "${name}" at most ${MAX_SAME_FIELD} times in one place, fragments included, got ${count}. Split it.`;
  return tooLarge('one field', message, { actual: count, limit: MAX_SAME_FIELD });
}

/** @param cause which of the limits it is, for the log */
function tooLarge(cause: string, message: string, facts: Readonly<Record<string, number>>): GatewayError {
  return new GatewayError('OPERATION_TOO_LARGE', { message, facts, cause });
}

function longestName({ loc }: DocumentNode): number {
  let longest = 0;
  for (let token = loc?.startToken; token; token = token.next ?? undefined) {
    if (token.kind === TokenKind.NAME) longest = Math.max(longest, token.end - token.start);
  }
  return longest;
}

type MeasureCode = 'OPERATION_TOO_DEEP' | 'TOO_MANY_ALIASES' | 'TOO_MANY_DIRECTIVES';

function over(code: MeasureCode, counted: string, actual: number, limit: number): GatewayError {
  const fix = code === 'OPERATION_TOO_DEEP' ? 'Select fewer levels' : 'Split it';
  const message = `The operation must have at most ${limit} ${counted}, got ${actual}. ${fix}.`;
  return new GatewayError(code, { message, facts: { actual, limit } });
}

/** The size of a document, with every fragment counted each time it is spread. */
type Measures = {
  /** Nesting of fields, the outermost at 1. */
  depth: number;
  aliases: number;
  directives: number;
};

const MEASURES = ['depth', 'aliases', 'directives'] as const satisfies (keyof Measures)[];

const nothing = (): Measures => ({ depth: 0, aliases: 0, directives: 0 });

const IN_PROGRESS = Symbol('in progress');

/**
 * Measures the largest operation of a document. Each fragment is measured once, however often it is spread, and also if it is
 * not, since a cycle would end no other visit. In a cycle, a fragment spreads itself, directly or through others.
 */
function measure(document: DocumentNode): Readonly<Measures> & { readonly isCyclic: boolean } {
  const fragments = fragmentsOf(document);
  const measured = new Map<string, Measures | typeof IN_PROGRESS>();
  let isCyclic = false;

  const ofFragment = (name: string): Measures => {
    const known = measured.get(name);
    if (known === IN_PROGRESS) {
      isCyclic = true;
      return nothing();
    }
    if (known !== undefined) return known;
    measured.set(name, IN_PROGRESS);
    const fragment = fragments[name];
    const totals = ofSelections(fragment?.selectionSet);
    totals.directives += fragment?.directives?.length ?? 0;
    measured.set(name, totals);
    return totals;
  };

  const ofSelections = (selectionSet: SelectionSetNode | undefined): Measures => {
    const totals = nothing();
    for (const selection of selectionSet?.selections ?? []) {
      const inner =
        selection.kind === 'FragmentSpread' ? ofFragment(selection.name.value) : ofSelections(selection.selectionSet);
      totals.depth = Math.max(totals.depth, inner.depth + (selection.kind === 'Field' ? 1 : 0));
      totals.aliases += inner.aliases + (selection.kind === 'Field' && selection.alias ? 1 : 0);
      totals.directives += inner.directives + (selection.directives?.length ?? 0);
    }
    return totals;
  };

  const largest = nothing();
  for (const definition of document.definitions) {
    if (definition.kind !== 'OperationDefinition') continue;
    const totals = ofSelections(definition.selectionSet);
    totals.directives += definition.directives?.length ?? 0;
    for (const each of MEASURES) largest[each] = Math.max(largest[each], totals[each]);
  }
  for (const name of Object.keys(fragments)) ofFragment(name);
  return { ...largest, isCyclic };
}

/** The fragments of a document by name. */
export function fragmentsOf({ definitions }: DocumentNode): Readonly<Record<string, FragmentDefinitionNode>> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of definitions) {
    if (definition.kind === 'FragmentDefinition') fragments[definition.name.value] = definition;
  }
  return fragments;
}

/** A field of a response, and how often it is selected in one place. */
type Merged = { readonly name: string; readonly count: number };

/**
 * Whether an operation selects one field too often in one place, fragments included, and then which. Such fields are merged, so
 * no client needs many of them, and the time to validate them grows with the square of their number.
 */
export function mergingOf(document: DocumentNode): 'within the limits' | 'too many selections' | Merged {
  const fragments = fragmentsOf(document);
  let selectionsLeft = MAX_SELECTIONS;

  /** Groups the fields of a place by response name. */
  const collect = ({ selections }: SelectionSetNode, fields: Map<string, FieldNode[]>, spread: Set<string>): void => {
    for (const selection of selections) {
      if (--selectionsLeft < 0) return;
      if (selection.kind === 'Field') {
        const name = (selection.alias ?? selection.name).value;
        const same = fields.get(name);
        if (same === undefined) fields.set(name, [selection]);
        else same.push(selection);
      } else if (selection.kind === 'InlineFragment') collect(selection.selectionSet, fields, spread);
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = fragments[selection.name.value];
        if (fragment) collect(fragment.selectionSet, fields, spread);
      }
    }
  };

  const mergedTooOften = (places: readonly SelectionSetNode[]): Merged | undefined => {
    const fields = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    for (const place of places) collect(place, fields, spread);
    if (selectionsLeft < 0) return undefined;
    for (const [name, same] of fields) {
      if (same.length > MAX_SAME_FIELD) return { name, count: same.length };
      const inner = same.flatMap(({ selectionSet }) => selectionSet ?? []);
      const found = inner.length > 0 ? mergedTooOften(inner) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (const definition of document.definitions) {
    const found = 'selectionSet' in definition ? mergedTooOften([definition.selectionSet]) : undefined;
    if (found !== undefined && selectionsLeft >= 0) return found;
  }
  return selectionsLeft < 0 ? 'too many selections' : 'within the limits';
}

/** The schema has only queries. Without this rule, the execution of a mutation would fail with an internal error. */
const queriesOnly: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (node.operation === 'query') return;
    context.reportError(new GraphQLError('Only queries are supported.', { nodes: [node] }));
  },
});

/** Fields that return the schema; `_service` is federation's. */
const SCHEMA_FIELDS = new Set(['__schema', '__type', '_service']);

const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    if (!SCHEMA_FIELDS.has(node.name.value)) return;
    const message = 'Introspection is disabled. Set INTROSPECTION=true, or run `npm run schema` to print the schema.';
    context.reportError(new GraphQLError(message, { nodes: [node] }));
  },
});

/** The gateway's own validation rules, beside those of the specification. */
export function validationRules(introspection: boolean): readonly ValidationRule[] {
  return introspection ? [queriesOnly] : [queriesOnly, noIntrospection];
}

/** Why each request for this document would be refused, undefined if it may be executed. */
export function documentProblem(
  text: string,
  schema: GraphQLSchema,
  { maxTokens, introspection }: { readonly maxTokens: number; readonly introspection: boolean },
): string | undefined {
  try {
    const document = parse(text, { maxTokens });
    const rules = [...specifiedRules, ...validationRules(introspection)];
    return (documentErrorOf(document) ?? validate(schema, document, rules)[0])?.message;
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
}
