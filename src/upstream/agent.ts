import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { ProxySettings, TlsSettings } from '../config/network.ts';

export type Agent = HttpAgent | HttpsAgent;

/** A new connection for each request: an idle one may have died unnoticed, and nothing repeats a request for a token. */
export function createSingleUseAgent(url: URL, proxy: ProxySettings | undefined, tls?: TlsSettings): Agent {
  const agent = createAgent(url, proxy, tls);
  agent.keepSocketAlive = () => false;
  return agent;
}

/**
 * Kept-alive connections to one host. Node's agent calls an https host through the proxy, unless NO_PROXY names it.
 * @param tls only for upstream; its CA is trusted in addition to the public ones
 * @throws an Error of OpenSSL for certificates that cannot be used
 */
export function createAgent({ protocol }: URL, proxy: ProxySettings | undefined, tls?: TlsSettings): Agent {
  // `Places` limits the calls in flight. A limit here would make calls wait for a socket.
  const options = { keepAlive: true, scheduling: 'lifo' } as const;
  if (protocol !== 'https:') return new HttpAgent(options);
  return new HttpsAgent({
    ...options,
    ...(proxy && { proxyEnv: { HTTPS_PROXY: proxy.url.reveal(), NO_PROXY: proxy.noProxy } }),
    ...(tls && { secureContext: secureContextOf(tls) }),
  });
}

/** Made once for all connections of an agent, since reading the public CAs takes some milliseconds. */
function secureContextOf({ ca, client }: TlsSettings) {
  return createSecureContext({
    ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
    ...(client && { cert: client.cert, key: client.key.reveal() }),
  });
}

/** The shortest time between two closings of all idle connections, in milliseconds. */
const CLOSE_EVERY_MS = 1000;

/**
 * Closes the connections of an agent that are idle when one was dead: a pool of them often dies at once, unnoticed until the next
 * request on each. Those that are used from then on are new, so it does nothing again for a second.
 */
export function idleCloser(agent: Agent): () => void {
  let closedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - closedAt < CLOSE_EVERY_MS) return;
    closedAt = performance.now();
    for (const idle of Object.values(agent.freeSockets)) for (const socket of [...(idle ?? [])]) socket.destroy();
  };
}
