import type { AttributeValue } from '@opentelemetry/api';
import { SCRIPTS } from '../cache/redisScripts.ts';
import { BUDGET_SCRIPTS } from '../calls/sharedBudget.ts';

/** The gateway's scripts in Redis, by name. */
export const REDIS_SCRIPTS: Readonly<Record<string, string>> = { ...SCRIPTS, ...BUDGET_SCRIPTS };

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
    names: [...Object.keys(REDIS_SCRIPTS).map((name) => `EVALSHA ${name}`), 'EVALSHA'],
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
