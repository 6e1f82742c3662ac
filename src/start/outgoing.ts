import type { Config } from '../config/config.ts';
import { type Agent, createAgent, createSingleUseAgent } from '../upstream/agent.ts';
import { Endpoint } from '../upstream/endpoint.ts';
import type { SharedCallKind } from '../upstream/events.ts';
import { createTransport, type Room, type Transport } from '../upstream/transport.ts';
import type { Telemetry } from './startTelemetry.ts';

const KEY_SET_TIMEOUT_MS = 3000;

/** Everything that the gateway calls: upstream's lookup and token endpoint, and the key set of callers' tokens. */
export type Outgoing = {
  readonly transport: Transport;
  /** The token endpoint at a path of upstream. */
  tokens(path: string): Endpoint;
  /** The key set at a URL. */
  keySets(url: string): Endpoint;
  close(): void;
};

/** Makes the agents and endpoints. Nothing is called yet. */
export function startOutgoing(
  { network, upstream }: Pick<Config, 'network' | 'upstream'>,
  upstreamUrl: string,
  telemetry: Telemetry,
  room: Room,
): Outgoing {
  const { proxy, tls } = network;
  const upstreamAgent = createAgent(new URL(upstreamUrl), proxy, tls);
  const endpoint = (kind: SharedCallKind, url: string, timeoutMs: number, agent: Agent) =>
    new Endpoint({
      kind,
      url,
      agent,
      timeoutMs,
      events: telemetry.reports,
      startTrace: telemetry.tracing.startCall,
    });
  return {
    transport: createTransport({ ...upstream, baseUrl: upstreamUrl, agent: upstreamAgent, room }),
    tokens(path) {
      const url = `${upstreamUrl}${path}`;
      return endpoint('token', url, upstream.timeoutMs, createSingleUseAgent(new URL(url), proxy, tls));
    },
    keySets(url) {
      return endpoint('key set', url, KEY_SET_TIMEOUT_MS, createSingleUseAgent(new URL(url), proxy));
    },
    close() {
      upstreamAgent.destroy();
    },
  };
}
