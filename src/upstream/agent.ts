import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { ProxySettings, TlsSettings } from '../config/network.ts';

/**
 * Kept-alive connections to one host. Node's agent calls an https host through the proxy, unless NO_PROXY names it.
 * @param tls only for upstream; its CA is trusted in addition to the public ones
 */
export function createAgent(
  { protocol }: URL,
  proxy: ProxySettings | undefined,
  tls?: TlsSettings,
): HttpAgent | HttpsAgent {
  // The bulkhead limits the calls in flight. A limit here would make calls wait for a socket.
  const options = { keepAlive: true, scheduling: 'lifo' } as const;
  if (protocol !== 'https:') return new HttpAgent(options);
  return new HttpsAgent({
    ...options,
    ...(proxy && { proxyEnv: { HTTPS_PROXY: proxy.url.reveal(), NO_PROXY: proxy.noProxy } }),
    ...(tls?.ca !== undefined && { ca: [...rootCertificates, tls.ca] }),
    ...(tls?.client && { cert: tls.client.cert, key: tls.client.key.reveal() }),
  });
}
