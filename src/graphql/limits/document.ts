import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { GatewayError } from '../../model/errors.ts';
import { MAX_SAME_FIELD, mergesTooManyFields } from './merging.ts';

/** The size that a document may have. The introspection query of graphql-js has 15 levels. */
const MAX_DEPTH = 12;
const MAX_INTROSPECTION_DEPTH = 15;
const MAX_ALIASES = 60;
const MAX_DIRECTIVES = 30;

/** The error of a document that exceeds a limit, undefined if it is within all limits. Depth is checked first. */
export function documentErrorOf(document: DocumentNode): GatewayError | undefined {
  const measures = measure(document);
  if (measures === FRAGMENT_CYCLE) return new GatewayError('FRAGMENT_CYCLE');
  const { depth, introspectionDepth, aliases, directives } = measures;
  if (depth > MAX_DEPTH) return over('OPERATION_TOO_DEEP', 'levels', depth, MAX_DEPTH);
  if (introspectionDepth > MAX_INTROSPECTION_DEPTH) {
    return over('OPERATION_TOO_DEEP', 'levels', introspectionDepth, MAX_INTROSPECTION_DEPTH);
  }
  if (aliases > MAX_ALIASES) return over('TOO_MANY_ALIASES', 'aliases', aliases, MAX_ALIASES);
  if (directives > MAX_DIRECTIVES) {
    return over('TOO_MANY_DIRECTIVES', 'directives', directives, MAX_DIRECTIVES);
  }
  if (mergesTooManyFields(document)) {
    const message = `The operation must select a field at most ${MAX_SAME_FIELD} times in one place, fragments included. Split it.`;
    return new GatewayError('OPERATION_TOO_LARGE', { message, facts: { limit: MAX_SAME_FIELD } });
  }
  return undefined;
}

type MeasureCode = 'OPERATION_TOO_DEEP' | 'TOO_MANY_ALIASES' | 'TOO_MANY_DIRECTIVES';

function over(code: MeasureCode, counted: string, actual: number, limit: number): GatewayError {
  const message = `The operation must have at most ${limit} ${counted}, got ${actual}. Split it.`;
  return new GatewayError(code, { message, facts: { actual, limit } });
}

/** The size of a document, with every fragment counted each time it is spread. */
export type Measures = {
  /** Nesting of fields, the outermost at 1, introspection left out. */
  readonly depth: number;
  /** Nesting below and including `__schema` or `__type`. */
  readonly introspectionDepth: number;
  readonly aliases: number;
  readonly directives: number;
};

/** A fragment spreads itself, directly or through others, so the document cannot be measured. */
export const FRAGMENT_CYCLE = 'fragment-cycle';

type Totals = { depth: number; introspectionDepth: number; aliases: number; directives: number };
const IN_PROGRESS = Symbol('in progress');

class FragmentCycle extends Error {}

/**
 * Measures the largest operation of a document. Each fragment is measured once, however often it is spread. The
 * validation refuses unused fragments.
 */
export function measure(document: DocumentNode): Measures | typeof FRAGMENT_CYCLE {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, Totals | typeof IN_PROGRESS>();

  const ofFragment = (name: string): Totals => {
    const known = measured.get(name);
    if (known === IN_PROGRESS) throw new FragmentCycle();
    if (known !== undefined) return known;
    measured.set(name, IN_PROGRESS);
    const fragment = fragments.get(name);
    const totals = ofSelections(fragment?.selectionSet);
    totals.directives += fragment?.directives?.length ?? 0;
    measured.set(name, totals);
    return totals;
  };

  const ofSelections = (selectionSet: SelectionSetNode | undefined): Totals => {
    const totals: Totals = { depth: 0, introspectionDepth: 0, aliases: 0, directives: 0 };
    for (const selection of selectionSet?.selections ?? []) {
      const inner =
        selection.kind === 'FragmentSpread' ? ofFragment(selection.name.value) : ofSelections(selection.selectionSet);
      const level = selection.kind === 'Field' ? 1 : 0;
      const introspects = selection.kind === 'Field' && isIntrospection(selection.name.value);
      const below = Math.max(inner.depth, introspects ? inner.introspectionDepth : 0) + level;
      if (introspects) totals.introspectionDepth = Math.max(totals.introspectionDepth, below);
      else {
        totals.depth = Math.max(totals.depth, below);
        totals.introspectionDepth = Math.max(totals.introspectionDepth, inner.introspectionDepth);
      }
      totals.aliases += inner.aliases + (selection.kind === 'Field' && selection.alias ? 1 : 0);
      totals.directives += inner.directives + (selection.directives?.length ?? 0);
    }
    return totals;
  };

  try {
    const largest: Totals = { depth: 0, introspectionDepth: 0, aliases: 0, directives: 0 };
    for (const definition of document.definitions) {
      if (definition.kind !== 'OperationDefinition') continue;
      const totals = ofSelections(definition.selectionSet);
      const own = definition.directives?.length ?? 0;
      largest.depth = Math.max(largest.depth, totals.depth);
      largest.introspectionDepth = Math.max(largest.introspectionDepth, totals.introspectionDepth);
      largest.aliases = Math.max(largest.aliases, totals.aliases);
      largest.directives = Math.max(largest.directives, totals.directives + own);
    }
    return largest;
  } catch (error) {
    if (error instanceof FragmentCycle) return FRAGMENT_CYCLE;
    throw error;
  }
}

/** Whether an operation of a document selects the schema. Also true for a fragment cycle, which was refused before. */
export function asksForSchema(document: DocumentNode): boolean {
  const measures = measure(document);
  return measures === FRAGMENT_CYCLE || measures.introspectionDepth > 0;
}

function isIntrospection(name: string): boolean {
  return name === '__schema' || name === '__type';
}
