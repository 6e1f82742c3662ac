import type { FieldPolicy, TypePolicies } from '@apollo/client/cache';

/**
 * Type policies of Apollo Client for the gateway's schema, to copy as they are. Without them, a query that selects other fields of an
 * object without an `id` replaces what an earlier query has stored, and two components fetch again and again what they had.
 * Select `id` wherever a type has one: the cache joins such objects by it.
 */

type Fields = { readonly [name: string]: unknown };

/**
 * Joins two versions of a list of objects without an `id`, place by place. An object whose `marks` differ is another one and stays alone,
 * as does the whole list if it has another length.
 */
function joinLists(known: readonly Fields[] = [], incoming: readonly Fields[], marks: readonly string[]) {
  if (known.length !== incoming.length) return incoming;
  return incoming.map((entry, place) => {
    const before = known[place] ?? {};
    const isOther = marks.some((mark) => mark in before && mark in entry && before[mark] !== entry[mark]);
    return isOther ? entry : { ...before, ...entry };
  });
}

const RESTRICTION_MARKS = ['kpi', 'kpiName', 'limitOn', 'type', 'periodType', 'periodUnit'];
const WARNING_MARKS = ['code', 'message', 'promotionId', 'field'];

function listOf(marks: readonly string[]): FieldPolicy<readonly Fields[]> {
  return { merge: (known, incoming) => joinLists(known, incoming, marks) };
}

type Edge = Fields & { readonly cursor?: string; readonly node?: { readonly __ref?: string } };
type Connection = Fields & {
  readonly edges?: readonly Edge[];
  readonly nodes?: readonly Fields[];
  readonly pageInfo?: Fields;
  readonly warnings?: readonly Fields[];
};
type StoredConnection = Connection & {
  /** How many promotions there are up to each cursor. */
  readonly places: { readonly [cursor: string]: number };
  /** The warnings of each page, by the number of promotions before it. */
  readonly warningsFrom: { readonly [place: number]: readonly Fields[] };
};

/**
 * Joins the pages of a connection, whether they are selected as `edges` or as `nodes`. (Apollo's relayStylePagination keeps only the
 * last page of `nodes`.) A list that could not be fetched is null: the pages before it stay, and it is fetched when it is next asked for.
 */
const promotionConnection: FieldPolicy<StoredConnection, Connection | null, Connection> = {
  keyArgs: ['dataScope', 'status', 'includeAlternateCurrencyUsage'],

  read(stored) {
    if (stored === undefined) return undefined;
    const { places: _, warningsFrom, ...connection } = stored;
    const pages = Object.values(warningsFrom);
    return pages.length > 0 ? { ...connection, warnings: pages.flat() } : connection;
  },

  merge(stored, incoming, { args }) {
    // A field that is stored as undefined is not in the cache.
    if (incoming === null) return stored as StoredConnection;
    const { edges, nodes, pageInfo, warnings, ...others } = incoming;
    const start = stored?.places[args?.after] ?? 0;
    const length = (edges ?? nodes ?? []).length;
    const ends = [...(edges ?? []).map(({ cursor }, index) => [cursor, start + index + 1])];
    if (length > 0) ends.push([pageInfo?.endCursor as string | undefined, start + length]);

    /** What follows the page stays only if the page does not say itself what follows it. */
    const withPage = <T>(known: readonly T[] = [], page: readonly T[]): T[] => {
      return [...known.slice(0, start), ...page, ...(pageInfo ? [] : known.slice(start + page.length))];
    };
    const { hasPreviousPage, startCursor } = stored?.pageInfo ?? {};
    const before = warnings && joinLists(stored?.warningsFrom[start], warnings, WARNING_MARKS);
    return {
      ...stored,
      ...others,
      ...(edges && { edges: withPage(stored?.edges, joinEdges(stored?.edges?.slice(start), edges)) }),
      ...(nodes && { nodes: withPage(stored?.nodes, nodes) }),
      ...(pageInfo && {
        pageInfo: { ...stored?.pageInfo, ...pageInfo, ...(start > 0 && { hasPreviousPage, startCursor }) },
      }),
      places: { ...stored?.places, ...Object.fromEntries(ends.filter(([cursor]) => cursor)) },
      warningsFrom: { ...stored?.warningsFrom, ...(before && { [start]: before }) },
    };
  },
};

/** Joins the fields of edges that lead to the same promotion. */
function joinEdges(known: readonly Edge[] = [], incoming: readonly Edge[]): readonly Edge[] {
  return incoming.map((edge, place) => {
    const before = known[place];
    return before?.node && edge.node && before.node.__ref !== edge.node.__ref ? edge : { ...before, ...edge };
  });
}

/** A customer that could not be looked up is null: it does not replace what there is, and is looked up when it is next asked for. */
const customer: FieldPolicy = { merge: (stored, incoming) => incoming ?? stored };

export const typePolicies: TypePolicies = {
  Query: { fields: { customer } },
  Customer: { fields: { promotionConnection } },
  CustomerIdentifier: { merge: true },
  PromotionPage: { merge: true, fields: { warnings: listOf(WARNING_MARKS) } },
  PageDetails: { merge: true },
  Promotion: { fields: { metadata: listOf(['key']) } },
  PromotionLimits: { merge: true },
  PromotionUsage: { merge: true },
  PromotionRestrictions: {
    merge: true,
    fields: {
      issual: listOf(RESTRICTION_MARKS),
      earn: listOf(RESTRICTION_MARKS),
      redemption: listOf(RESTRICTION_MARKS),
    },
  },
};
