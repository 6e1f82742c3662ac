import type { DocumentNode } from 'graphql';
import { GatewayError } from '../../model/errors.ts';
import { FRAGMENT_CYCLE, measure } from './measure.ts';

export type DocumentLimits = {
  readonly maxDepth: number;
  readonly maxIntrospectionDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
};

/** Why a document is refused before it is even validated, or undefined where it is within the limits. Depth comes first. */
export function refusalOf(document: DocumentNode, limits: DocumentLimits): GatewayError | undefined {
  const measures = measure(document);
  if (measures === FRAGMENT_CYCLE) return new GatewayError('FRAGMENT_CYCLE');
  const { depth, introspectionDepth, aliases, directives } = measures;
  if (depth > limits.maxDepth) return over('OPERATION_TOO_DEEP', depth, limits.maxDepth);
  if (introspectionDepth > limits.maxIntrospectionDepth) {
    return over('OPERATION_TOO_DEEP', introspectionDepth, limits.maxIntrospectionDepth);
  }
  if (aliases > limits.maxAliases) return over('TOO_MANY_ALIASES', aliases, limits.maxAliases);
  if (directives > limits.maxDirectives) return over('TOO_MANY_DIRECTIVES', directives, limits.maxDirectives);
  return undefined;
}

function over(code: 'OPERATION_TOO_DEEP' | 'TOO_MANY_ALIASES' | 'TOO_MANY_DIRECTIVES', actual: number, limit: number) {
  return new GatewayError(code, { facts: { actual, limit } });
}
