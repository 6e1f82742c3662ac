import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import type { FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { GatewayError } from '../../model/errors.ts';
import { coerceVariables } from '../coercedVariables.ts';
import { refusalOf } from '../errors/refusedRequests.ts';
import type { ServerContext } from '../resolverContext.ts';
import { documentErrorOf } from './documentLimits.ts';
import { type ArgumentBounds, costOf, type OperationCost } from './operationCost.ts';

/** Different references in one operation. */
export const MAX_REFERENCES = 1000;

/**
 * Customers, references and their lists in one operation, each as often as it is asked for. Each may have its error, and tens
 * of thousands of errors, which cost no call, take seconds (test/process/hostile-operations.test.ts). More are allowed if
 * MAX_CUSTOMERS allows more than a thousand customers.
 */
const MAX_LOOKUPS = 5000;

export type CostLimits = ArgumentBounds & { readonly maxUpstreamCalls: number };

/**
 * Refuses operations that would cost too much: by the structure of the document before it is validated, and by its
 * variables on every execution, since validated documents are cached and their variables are not.
 */
export function operationLimits(limits: CostLimits): ApolloServerPlugin<ServerContext> {
  return {
    async requestDidStart() {
      return {
        async validationDidStart(requestContext) {
          const error = documentErrorOf(requestContext.document);
          if (error !== undefined) throw refusalOf(error, requestContext);
        },

        async didResolveOperation(requestContext) {
          const { schema, document, operation, request } = requestContext;
          if (operation === undefined) throw new GatewayError('OPERATION_RESOLUTION_FAILURE');
          const variableValues = variablesOf(operation, requestContext);
          request.variables = variableValues;
          const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
          for (const definition of document.definitions) {
            if (definition.kind === 'FragmentDefinition') fragments[definition.name.value] = definition;
          }
          const cost = costOf(schema, operation, { fragments, variableValues }, limits);
          requestContext.contextValue.record.joins = cost.references > 0;
          const error = tooExpensive(cost, limits);
          if (error !== undefined) throw error;
        },
      };
    },
  };
}

/** @throws a request error if the variables do not fit their types. */
function variablesOf(operation: OperationDefinitionNode, requestContext: GraphQLRequestContext<ServerContext>) {
  const { schema, request } = requestContext;
  try {
    return coerceVariables(schema, operation, request.variables ?? {});
  } catch (error) {
    throw error instanceof GatewayError ? refusalOf(error, requestContext) : error;
  }
}

function tooExpensive({ upstreamCalls, references, lookups }: OperationCost, limits: CostLimits) {
  if (references > MAX_REFERENCES) return over({ references }, MAX_REFERENCES, 'has', 'different references');
  const maxLookups = Math.max(MAX_LOOKUPS, 5 * limits.maxCustomers);
  if (lookups > maxLookups) return over({ lookups }, maxLookups, 'asks for', 'customers and lists');
  if (upstreamCalls > limits.maxUpstreamCalls) {
    return over({ upstreamCalls }, limits.maxUpstreamCalls, 'may need', 'upstream calls');
  }
  return undefined;
}

function over(actual: Readonly<Record<string, number>>, limit: number, does: string, counted: string): GatewayError {
  const message = `The operation ${does} ${Object.values(actual)} ${counted}; at most ${limit} are allowed. Request less.`;
  return new GatewayError('OPERATION_TOO_EXPENSIVE', { message, facts: { ...actual, limit } });
}
