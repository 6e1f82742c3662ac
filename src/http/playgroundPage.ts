import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { AuthPolicy } from '../config/callers.ts';
import type { DebugPolicy } from '../config/graphql.ts';
import type { UpstreamAuth } from '../config/upstream.ts';
import { PROJECT_FOLDER } from '../model/projectFolder.ts';
import { answerBrowsers } from './graphqlRoute.ts';

/** The facts about the gateway that the page needs. They are public, so none is a secret. */
export type PlaygroundFacts = {
  readonly upstream: 'sandbox' | 'real';
  /** Who may call the gateway. */
  readonly callers: AuthPolicy['mode'];
  /** Whose credentials upstream gets. */
  readonly upstreamAuth: UpstreamAuth['kind'];
  /** Who may see what an operation cost upstream. */
  readonly debug: DebugPolicy['kind'];
  /** Whether the page belongs to a router with several subgraphs. */
  readonly supergraph: boolean;
};

/** The folder that `npm run build:playground` writes. */
const BUNDLE = fileURLToPath(new URL('dist/playground/', PROJECT_FOLDER));

/** The place of the facts in the built page, as JSON. */
const FACTS = /(?<=<script type="application\/json" id="facts">).*?(?=<\/script>)/s;

/** Allows nothing from other hosts, and only the bundle's scripts. The editor writes its own styles into the page. */
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

const NOT_BUILT = 'The playground is not built. Run `npm run build:playground` and start the gateway again.\n';

const OFF = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>Promotions gateway</title>
  </head>
  <body>
    <main>
      <h1>Promotions gateway</h1>
      <p>The API is at this address. It accepts GraphQL requests with POST.</p>
      <p>The playground is off, which is the default in production. Start the gateway with <code>PLAYGROUND=true</code> to turn it on.</p>
    </main>
  </body>
</html>
`;

/** Sends a page to browsers, with the headers of a page. */
function sendPage(server: FastifyInstance, send: (reply: FastifyReply) => FastifyReply): void {
  answerBrowsers(server, (reply) =>
    send(
      reply
        .header('content-security-policy', CONTENT_SECURITY_POLICY)
        .header('cache-control', 'no-cache')
        .header('vary', 'accept'),
    ),
  );
}

/** Tells browsers at /graphql that the playground is off. The status is 406, since there is no page. */
export function servePlaygroundIsOff(server: FastifyInstance): void {
  sendPage(server, (reply) => reply.code(406).type('text/html; charset=utf-8').send(OFF));
}

/**
 * Serves the playground's page to browsers at /graphql. Anyone may load the page; its queries are authenticated.
 * @param bundle the folder with the built page, ending in a slash
 */
export async function servePlayground(server: FastifyInstance, facts: PlaygroundFacts, bundle = BUNDLE): Promise<void> {
  server.get('/', async (_, reply) => reply.redirect('graphql'));
  if (!existsSync(`${bundle}index.html`)) {
    sendPage(server, (reply) => reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT));
    return;
  }
  const built = await readFile(`${bundle}index.html`, 'utf8');
  const page = built.replace(FACTS, () => JSON.stringify(facts));
  sendPage(server, (reply) => reply.type('text/html; charset=utf-8').send(page));
  await server.register(import('@fastify/static'), {
    root: `${bundle}playground/`,
    prefix: '/playground/',
    index: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply) => reply.header('cache-control', 'public, max-age=31536000, immutable'),
  });
}
