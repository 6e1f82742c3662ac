import type { Config } from '../config/config.ts';
import { type Agent, createAgent } from '../upstream/agent.ts';
import { Endpoint } from '../upstream/endpoint.ts';
import type { SharedCallKind } from '../upstream/events.ts';
import { createTransport, type Transport } from '../upstream/transport.ts';
import type { Telemetry } from './telemetry.ts';

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

export function startOutgoing(
  { network, upstream }: Pick<Config, 'network' | 'upstream'>,
  upstreamUrl: string,
  telemetry: Telemetry,
): Outgoing {
  const upstreamAgent = createAgent(new URL(upstreamUrl), network.proxy, network.tls);
  const agents = [upstreamAgent];
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
    transport: createTransport({ ...upstream, baseUrl: upstreamUrl, agent: upstreamAgent }),
    tokens: (path) => endpoint('token', `${upstreamUrl}${path}`, upstream.timeoutMs, upstreamAgent),
    keySets(url) {
      const agent = createAgent(new URL(url), network.proxy);
      agents.push(agent);
      return endpoint('key set', url, KEY_SET_TIMEOUT_MS, agent);
    },
    close() {
      for (const agent of agents) agent.destroy();
    },
  };
}
