import type { ApolloServer } from '@apollo/server';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { ServerContext } from '../graphql/context.ts';
import { operationExecutor } from '../graphql/execution/operationExecutor.ts';
import { debugExtensions } from '../graphql/plugins/debugExtensions.ts';
import { execution } from '../graphql/plugins/execution.ts';
import { operationLimits } from '../graphql/plugins/operationLimits.ts';
import { readManifest, trustedDocuments } from '../graphql/plugins/trustedDocuments.ts';
import { buildGatewaySchema } from '../graphql/schema.ts';
import { createGraphQLServer } from '../graphql/server.ts';

/**
 * Apollo Server with the gateway's plugins, in the order in which they see a request.
 * @throws ConfigError for an invalid manifest of trusted documents
 */
export async function startGraphQL(
  { introspection, limits, persistedOperations }: Pick<Config, 'introspection' | 'limits' | 'persistedOperations'>,
  logger: Logger,
  onUnhandledError: (error: unknown) => void,
): Promise<ApolloServer<ServerContext>> {
  const schema = buildGatewaySchema();
  const apollo = createGraphQLServer({
    schema,
    introspection,
    limits,
    plugins: [
      ...(persistedOperations === undefined ? [] : [trustedDocuments(readManifest(persistedOperations))]),
      operationLimits(limits),
      debugExtensions,
      execution(operationExecutor(schema), { ...limits, onUnhandledError }),
    ],
    logger: atDebugLevel(logger),
    onUnhandledError,
  });
  await apollo.start();
  return apollo;
}

/** Apollo Server logs every request error that a plugin throws as unexpected. */
function atDebugLevel(logger: Logger) {
  const debug = (message: unknown) => logger.debug({ from: 'apollo' }, String(message));
  return { debug, info: debug, warn: debug, error: debug };
}
