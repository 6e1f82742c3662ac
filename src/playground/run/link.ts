/** What a link to a query holds. It has no headers, so no credentials. */
export type LinkedQuery = {
  readonly query: string;
  /** JSON text; empty for none. */
  readonly variables: string;
  readonly operationName: string | undefined;
};

/** Many servers refuse a request head of more than 16,000 bytes, and many proxies one of more than 8,000. */
const MAX_LENGTH = 8000;

/** The query in an address of the playground, in the parameters that GraphQL over HTTP defines for GET requests. */
export function linkedQuery(search: string): LinkedQuery | undefined {
  const parameters = new URLSearchParams(search);
  const query = parameters.get('query');
  if (query === null || query.trim() === '') return undefined;
  return {
    query,
    variables: indented(parameters.get('variables') ?? ''),
    operationName: parameters.get('operationName') ?? undefined,
  };
}

/** A link that opens the playground at `page` with this query; undefined if it would be too long. */
export function linkTo(page: string, { query, variables, operationName }: LinkedQuery): string | undefined {
  const url = new URL(page);
  url.search = '';
  url.hash = '';
  url.searchParams.set('query', query);
  if (variables.trim() !== '') url.searchParams.set('variables', compact(variables));
  if (operationName !== undefined) url.searchParams.set('operationName', operationName);
  return url.href.length > MAX_LENGTH ? undefined : url.href;
}

function indented(json: string): string {
  return reprinted(json, 2);
}

function compact(json: string): string {
  return reprinted(json, 0);
}

/** Text that is not JSON stays as it is. The editor shows what is wrong with it. */
function reprinted(json: string, indent: number): string {
  try {
    return JSON.stringify(JSON.parse(json), null, indent);
  } catch {
    return json;
  }
}
