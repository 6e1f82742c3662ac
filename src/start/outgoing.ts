import type { Config } from '../config/config.ts';
import type { TlsSettings } from '../config/network.ts';
import { type Agent, createAgent, retire } from '../upstream/agent.ts';
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
  /**
   * Prepares connections to upstream with the certificates of another configuration. New calls use them once the result is
   * called. Calls in flight keep their connections.
   * @throws an Error of OpenSSL for certificates that cannot be used
   */
  prepare(config: Config): () => void;
  close(): void;
};

export function startOutgoing(config: Config, upstreamUrl: string, telemetry: Telemetry): Outgoing {
  const { network, upstream } = config;
  const forUpstream = (tls: TlsSettings | undefined) => createAgent(new URL(upstreamUrl), network.proxy, tls);
  let current = { tls: network.tls, agent: forUpstream(network.tls) };
  const upstreamAgent = () => current.agent;
  const keySetAgents: Agent[] = [];
  const endpoint = (kind: SharedCallKind, url: string, timeoutMs: number, agent: () => Agent) =>
    new Endpoint({
      kind,
      url,
      agent,
      timeoutMs,
      events: telemetry.upstreamEvents,
      startTrace: telemetry.tracing.startCall,
    });
  return {
    transport: createTransport({ ...upstream, baseUrl: upstreamUrl, agent: upstreamAgent }),
    tokens: (path) => endpoint('token', `${upstreamUrl}${path}`, upstream.timeoutMs, upstreamAgent),
    keySets(url) {
      const own = createAgent(new URL(url), network.proxy);
      keySetAgents.push(own);
      return endpoint('key set', url, KEY_SET_TIMEOUT_MS, () => own);
    },
    prepare({ network: { tls } }) {
      if (isSame(tls, current.tls)) return () => {};
      const next = { tls, agent: forUpstream(tls) };
      return () => {
        retire(current.agent);
        current = next;
      };
    },
    close() {
      for (const each of [current.agent, ...keySetAgents]) each.destroy();
    },
  };
}

function isSame(one: TlsSettings | undefined, other: TlsSettings | undefined): boolean {
  return (
    one?.ca === other?.ca &&
    one?.client?.cert === other?.client?.cert &&
    one?.client?.key.reveal() === other?.client?.key.reveal()
  );
}
