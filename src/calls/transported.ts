import { GatewayError } from '../model/errors.ts';
import type { PromotionIds } from '../model/promotionIds.ts';
import { type Credentials, OWN_MESSAGES } from '../upstream/credentials/credentials.ts';
import type { EndedCall, UpstreamEvents } from '../upstream/events.ts';
import type { LookupRequests } from '../upstream/lookupRequest.ts';
import { UpstreamError } from '../upstream/payload/outcome.ts';
import { pageOf } from '../upstream/payload/pageReader.ts';
import type { Transport } from '../upstream/transport.ts';
import type { Call, Fetch } from './call.ts';

/** What requests to upstream are made with, and what is called at each event of a call. */
export type Upstream = {
  readonly transport: Transport;
  readonly requests: LookupRequests;
  readonly promotionIds: PromotionIds;
  readonly events: UpstreamEvents;
};

/** Makes the call: one request to upstream, with its trace, its log line and its metrics. */
export function transported(upstream: Upstream): Fetch {
  return async (call) => {
    const { source, operation } = call;
    const credentials = await source.obtain(call.customer);
    operation.signal.throwIfAborted();
    operation.stats.made++;
    const { requestId, callerGroup: caller } = operation;
    const beganAt = performance.now();
    const trace = operation.startCall();
    const ended = (status: number | undefined, outcome: EndedCall['outcome'], error?: UpstreamError) => {
      const durationMs = performance.now() - beganAt;
      upstream.events.callEnded({ kind: 'lookup', requestId, trace, caller, status, outcome, error, durationMs });
    };
    try {
      const { page, status } = await request(call, credentials, upstream, trace.headers, beganAt);
      source.accepted();
      ended(status, 'OK');
      return page;
    } catch (error) {
      if (!(error instanceof UpstreamError)) {
        const code = error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
        ended(undefined, operation.signal.aborted ? 'ABORTED' : code);
        throw error;
      }
      error.decidedAt = call.decidedAt;
      if (error.consequences.refusesCredentials) error.refused = source.refused(credentials, call.customer);
      else if (error.meaning === 'refused') source.accepted();
      if (source.areOwn) error.message = OWN_MESSAGES[error.code] ?? error.message;
      ended(error.upstream?.status, error.code, error);
      throw error;
    }
  };
}

async function request(
  { query, window, operation, decidedAt }: Call,
  credentials: Credentials,
  { transport, requests, promotionIds, events }: Upstream,
  traceHeaders: Readonly<Record<string, string>>,
  beganAt: number,
) {
  const headers = { ...requests.headers(query, credentials, operation.requestId), ...traceHeaders };
  const response = await transport(requests.path(query, window), headers, operation.signal);
  const { page, drift } = pageOf(response, (customerId) => promotionIds.prefix(customerId, query));
  if (drift.length > 0) events.drifted(drift);
  if (window.offset === 0 && window.limit > 0) events.listRead(page.entries.length === 0);
  return { page: { content: page, body: response.body, beganAt, decidedAt }, status: response.status };
}
