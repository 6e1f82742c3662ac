import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import type { ServerContext } from '../context.ts';

/** Whether a router requests a federated trace (ftv1 is the only format). */
export function asksForTrace(header: string | string[] | undefined): boolean {
  return header === 'ftv1';
}

/** Federated traces (ftv1), only for callers who may debug: they show every field's timing. Errors in them are masked. */
export function federatedTracing(): ApolloServerPlugin<ServerContext> {
  const inlineTrace: ApolloServerPlugin<ServerContext> = ApolloServerPluginInlineTrace({
    includeErrors: { masked: true },
  });
  return {
    async serverWillStart(service) {
      return inlineTrace.serverWillStart?.(service);
    },
    async requestDidStart(requestContext) {
      if (!requestContext.contextValue.traced) return;
      return inlineTrace.requestDidStart?.(requestContext);
    },
  };
}
