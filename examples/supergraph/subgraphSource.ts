import type { IncomingHttpHeaders } from 'node:http';
import { type GraphQLDataSourceProcessOptions, RemoteGraphQLDataSource } from '@apollo/gateway';
import { GraphQLError, type GraphQLFormattedError, Kind, parse } from 'graphql';
import { forwardedHeaders } from './forwarding.ts';

/** The client's request: its headers, and the address that it came from. */
export type RouterContext = { readonly headers: IncomingHttpHeaders; readonly address: string };

type Fetch = GraphQLDataSourceProcessOptions<RouterContext>;
type Answer = Awaited<ReturnType<RemoteGraphQLDataSource<RouterContext>['process']>>;

/**
 * How the router asks a subgraph. Apollo Gateway alone gives a refused request the code INTERNAL_SERVER_ERROR, no path, and shows the
 * subgraph's address to the client. Here each place that the request was for gets the subgraph's own error.
 */
export class SubgraphSource extends RemoteGraphQLDataSource<RouterContext> {
  // A max-age holds for one caller and data scope. The router's responses do not say so, since it drops Vary. Without it they say no-store.
  override honorSubgraphCacheControlHeader = false;
  readonly #name: string;

  constructor(name: string, url: string | undefined) {
    super(url === undefined ? {} : { url });
    this.#name = name;
  }

  override willSendRequest(fetch: Fetch): void {
    // The router's own requests, such as a health check, have no client.
    if (fetch.kind !== 'incoming operation') return;
    const forwarded = forwardedHeaders(this.#name, fetch.context.headers, fetch.context.address);
    for (const [header, value] of Object.entries(forwarded)) fetch.request.http?.headers.set(header, value);
  }

  override async process(fetch: Fetch): Promise<Answer> {
    const { errors, ...answer } = await super.process(fetch).catch((error: unknown) => this.#failed(error));
    if (errors === undefined) return answer;
    const placed = errors.flatMap((error) =>
      error.path ? [error] : pathsOf(fetch).map((path) => ({ ...error, path })),
    );
    return { ...answer, errors: placed };
  }

  override async errorFromResponse(response: Parameters<RemoteGraphQLDataSource['errorFromResponse']>[0]) {
    const body = await this.parseBody(response);
    return typeof body === 'object' && 'errors' in body && Array.isArray(body.errors)
      ? new RefusedRequest(body.errors)
      : new GraphQLError(`HTTP ${response.status}`);
  }

  #failed(error: unknown): Answer {
    if (error instanceof RefusedRequest) return { data: null, errors: error.errors };
    // Its message may contain the subgraph's address, which is only for the operators.
    console.error(`The subgraph ${this.#name} did not answer:`, error);
    const message = `The subgraph ${this.#name} did not answer. Try again later.`;
    return { data: null, errors: [{ message, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] };
  }
}

/** A request that a subgraph refused, with the errors of its response. */
class RefusedRequest extends GraphQLError {
  readonly errors: readonly GraphQLFormattedError[];

  constructor(errors: readonly GraphQLFormattedError[]) {
    super('The subgraph refused the request.');
    this.errors = errors;
  }
}

/** The places that a request was for: each entity, or each root field. */
function pathsOf({ request: { query = '', variables } }: Fetch): (readonly (string | number)[])[] {
  const representations: unknown = variables?.representations;
  if (Array.isArray(representations)) return representations.map((_, i) => ['_entities', i]);
  return parse(query).definitions.flatMap((definition) =>
    definition.kind !== Kind.OPERATION_DEFINITION
      ? []
      : definition.selectionSet.selections.flatMap((selection) =>
          selection.kind === Kind.FIELD ? [[(selection.alias ?? selection.name).value]] : [],
        ),
  );
}
