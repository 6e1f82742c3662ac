/** What a link to a query holds. It has no headers, so no credentials. */
export type LinkedQuery = {
  readonly query: string;
  /** The text of the variables editor, as it was typed: numbers keep all their digits. */
  readonly variables: string;
};

/** The query in the fragment of an address of the playground; undefined if it has none. */
export function linkedQuery(fragment: string): LinkedQuery | undefined {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
  const query = parameters.get('query') ?? '';
  return query.trim() === '' ? undefined : { query, variables: parameters.get('variables') ?? '' };
}

/** A link that opens the playground at `page` with this query. Browsers keep a fragment to themselves. */
export function linkTo(page: string, { query, variables }: LinkedQuery): string {
  const url = new URL(page);
  url.search = '';
  url.hash = new URLSearchParams({ query, ...(variables.trim() !== '' && { variables }) }).toString();
  return url.href;
}
