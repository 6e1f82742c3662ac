import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Where `npm run build:playground` puts the bundle. */
const BUNDLE = fileURLToPath(new URL('../../dist/playground/', import.meta.url));

/** Nothing from another host, no script but the bundle's. The editor writes its own styles into the page. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = 'The playground is not built. Run `npm run build:playground` and load this page again.\n';

/** Whether a browser asks for a page, and not a client for an answer. */
function wantsPage({ method, headers, url }: FastifyRequest): boolean {
  if (method !== 'GET' || !(headers.accept ?? '').includes('text/html')) return false;
  const { pathname, searchParams } = new URL(url, 'http://gateway');
  return pathname === '/graphql' && !searchParams.has('query') && !searchParams.has('extensions');
}

/**
 * Serves the playground's page to browsers at /graphql, ahead of everything that counts operations or asks who calls:
 * the page is for anybody, its queries are not. `bundle` is the directory with the built page, ending in a slash.
 */
export async function servePlayground(server: FastifyInstance, bundle = BUNDLE): Promise<void> {
  const built = existsSync(`${bundle}index.html`);
  const page = built ? await readFile(`${bundle}index.html`, 'utf8') : NOT_BUILT;
  server.addHook('onRequest', async (request, reply) => {
    if (!wantsPage(request)) return;
    return reply
      .code(built ? 200 : 503)
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .header('cache-control', 'no-cache')
      .header('vary', 'accept')
      .type(built ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8')
      .send(page);
  });
  server.get('/', async (_, reply) => reply.redirect('graphql'));
  if (!built) return;
  await server.register(fastifyStatic, {
    root: `${bundle}playground/`,
    prefix: '/playground/',
    index: false,
    cacheControl: false,
    setHeaders: (reply) => reply.header('cache-control', 'public, max-age=31536000, immutable'),
  });
}
