import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/**
 * The security headers of every answer, chosen by helmet and worked out once. An answer is data: what only pages need is
 * left out, and the playground brings a policy of its own.
 */
export function securityHeaders(): Readonly<Record<string, string>> {
  const chosen: Record<string, string> = {};
  const middleware = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  // helmet writes to a response: this one only remembers.
  const response = {
    setHeader: (name: string, value: string) => (chosen[name.toLowerCase()] = value),
    removeHeader() {},
  };
  middleware({} as IncomingMessage, response as unknown as ServerResponse, () => {});
  return chosen;
}
