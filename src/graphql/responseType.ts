import Negotiator from 'negotiator';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

/** The type of a response, by the request's Accept header, negotiated as in Apollo Server. */
export function responseTypeOf(accept: string | undefined): typeof JSON_TYPE | typeof GRAPHQL_TYPE {
  const negotiator = new Negotiator({ headers: accept === undefined ? {} : { accept } });
  return negotiator.mediaType([JSON_TYPE, GRAPHQL_TYPE]) === GRAPHQL_TYPE ? GRAPHQL_TYPE : JSON_TYPE;
}

/**
 * The HTTP status of a refused document. The GraphQL-over-HTTP specification demands 200 for `application/json`: old
 * clients and Apollo Gateway read the errors of a response only with that status.
 */
export function refusedDocumentStatus(accept: string | undefined): 200 | 400 {
  return responseTypeOf(accept) === GRAPHQL_TYPE ? 400 : 200;
}
