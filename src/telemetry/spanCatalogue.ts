import type { AttributeValue } from '@opentelemetry/api';

const ANY = ['http.request.method', 'http.response.status_code', 'gateway.outcome', 'error.type'] as const;
const CALL = [...ANY, 'server.address', 'server.port', 'url.full'] as const;

/** Every span, with its names and attributes. docs/operating.md lists them. */
export const SPANS = {
  operation: {
    names: ['POST /graphql', 'GET /graphql'],
    kind: 'server',
    attributes: [
      ...ANY,
      ...([
        'http.route',
        'url.path',
        'url.scheme',
        'graphql.operation.type',
        'graphql.operation.name',
        'graphql.document.hash',
      ] as const),
      ...(['graphql.client.name', 'gateway.request_id', 'gateway.caller', 'gateway.upstream_calls'] as const),
      ...([
        'gateway.cache.hits',
        'gateway.cache.stale',
        'gateway.cache.misses',
        'gateway.cache.whole_response',
      ] as const),
    ],
  },
  lookup: { names: ['GET promotionData'], kind: 'client', attributes: [...CALL, 'upstream.request_id'] },
  token: { names: ['POST token'], kind: 'client', attributes: CALL },
  'key set': { names: ['GET key set'], kind: 'client', attributes: CALL },
  redis: {
    names: [
      'EVALSHA cacheGet',
      'EVALSHA cacheCurrent',
      'EVALSHA cacheSet',
      'EVALSHA cacheInvalidatedSince',
      'EVALSHA cacheInvalidate',
      'EVALSHA budgetReserve',
      'EVALSHA budgetPause',
      'EVALSHA',
      'DEL',
    ],
    kind: 'client',
    attributes: [
      ...(['db.system.name', 'db.operation.name', 'db.stored_procedure.name', 'db.response.status_code'] as const),
      ...(['server.address', 'server.port', 'error.type'] as const),
    ],
  },
} as const;

/** Attributes of a span of this kind. */
export type SpanAttributes<Kind extends keyof typeof SPANS> = {
  readonly [Name in (typeof SPANS)[Kind]['attributes'][number]]?: AttributeValue;
};
