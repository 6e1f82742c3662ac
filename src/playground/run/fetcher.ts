import type { Fetcher, Observable } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';
import type { GatewayResponse } from './report.ts';
import { send } from './request.ts';

export const INTROSPECTION = 'IntrospectionQuery';

export type FetcherOptions = {
  /** Headers for the next request. The tab's own headers take precedence. */
  readonly headers: () => Record<string, string>;
  /** Called with each response. Returns the part of it that is shown. */
  readonly onResponse: (
    response: GatewayResponse,
    introspects: boolean,
    headers: Record<string, string>,
  ) => ExecutionResult;
  readonly onFailure: (error: unknown, introspects: boolean) => void;
};

/** Sends operations to the address that served the page. A stopped run is aborted and reports nothing more. */
export function createFetcher({ headers, onResponse, onFailure }: FetcherOptions): Fetcher {
  return (params, options) => {
    const introspects = params.operationName === INTROSPECTION;
    const own = lowerCased(options?.headers ?? {});
    const added = Object.fromEntries(Object.entries(headers()).filter(([name]) => !(name in own)));
    return observe(async (signal) => {
      try {
        return onResponse(await send(params, { ...added, ...own }, signal), introspects, added);
      } catch (error) {
        if (!signal.aborted) onFailure(error, introspects);
        throw error;
      }
    });
  };
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

type Observer<Value> = { next(value: Value): void; complete(): void; error(error: unknown): void };

/** One value, or an error, for GraphiQL, which subscribes with an object of all three callbacks. */
function observe<Value>(work: (signal: AbortSignal) => Promise<Value>): Observable<Value> {
  return {
    subscribe(subscriber?: unknown) {
      const observer = subscriber as Observer<Value>;
      const controller = new AbortController();
      work(controller.signal).then(
        (value) => {
          if (controller.signal.aborted) return;
          observer.next(value);
          observer.complete();
        },
        (error: unknown) => {
          if (!controller.signal.aborted) observer.error(error);
        },
      );
      return { unsubscribe: () => controller.abort() };
    },
  };
}
