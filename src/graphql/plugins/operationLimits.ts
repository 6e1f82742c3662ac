import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import type { FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { GatewayError } from '../../model/errors.ts';
import type { ServerContext } from '../context.ts';
import { type DocumentLimits, refusalOf } from '../limits/document.ts';
import { countUpstreamCalls } from '../limits/upstreamCalls.ts';
import { coerceVariables } from '../variables.ts';
import { requestErrorFor } from './requestErrors.ts';

/**
 * Refuses documents that would cost too much: by their structure before they are validated, and by the upstream calls
 * that they ask for on every execution, since a validated document is remembered and its variables are not.
 */
export function operationLimits(
  limits: DocumentLimits & { readonly maxUpstreamCalls: number },
): ApolloServerPlugin<ServerContext> {
  return {
    async requestDidStart() {
      return {
        async validationDidStart(requestContext) {
          const refusal = refusalOf(requestContext.document, limits);
          if (refusal !== undefined) throw requestErrorFor(refusal, requestContext);
        },

        async didResolveOperation(requestContext) {
          const { document, operation, request, contextValue } = requestContext;
          if (operation === undefined) throw new GatewayError('OPERATION_RESOLUTION_FAILURE');
          const coerced = variablesOf(operation, requestContext);
          request.variables = coerced;
          contextValue.variables = coerced;
          const fragments: Record<string, FragmentDefinitionNode> = {};
          for (const definition of document.definitions) {
            if (definition.kind === 'FragmentDefinition') fragments[definition.name.value] = definition;
          }
          const upstreamCalls = countUpstreamCalls(operation, { fragments, variableValues: coerced });
          if (upstreamCalls <= limits.maxUpstreamCalls) return;
          throw new GatewayError('OPERATION_TOO_EXPENSIVE', {
            facts: { upstreamCalls, limit: limits.maxUpstreamCalls },
          });
        },
      };
    },
  };
}

/** @throws a request error if the variables do not fit. */
function variablesOf(operation: OperationDefinitionNode, requestContext: GraphQLRequestContext<ServerContext>) {
  const { schema, request } = requestContext;
  try {
    return coerceVariables(schema, operation, request.variables ?? {});
  } catch (error) {
    throw error instanceof GatewayError ? requestErrorFor(error, requestContext) : error;
  }
}
