import { parseConfig } from '../../src/config/config.ts';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { startGateway } from '../../src/server/gateway.ts';
import { createLogger } from '../../src/server/telemetry/logger.ts';
import { accounts } from './accounts.ts';
import { content } from './content.ts';
import { members } from './members.ts';
import { startRouter } from './router.ts';
import { startSubgraph } from './subgraph.ts';
import { composeSupergraph } from './supergraph.ts';

/** `npm run supergraph`: the gateway on its sandbox beside two other subgraphs, and Apollo Gateway in front of all. */
const config = parseConfig({ ...process.env, PORT: '0' });
const port = Number(process.env.PORT ?? 4100);

const sandbox = await startSandbox({});
const gateway = await startGateway(config, { url: sandbox.url, sandbox: true }, createLogger('silent', 'json'));
const others = await Promise.all([accounts, members, content].map(startSubgraph));
const subgraphs = [{ name: 'promotions', url: gateway.url, sdl: readTypeDefs() }, ...others];
const router = await startRouter(composeSupergraph(subgraphs), port);

console.log(`
Supergraph    ${router.url}
${subgraphs.map(({ name, url }) => `  ${name.padEnd(12)}${url}`).join('\n')}
  ${'sandbox'.padEnd(12)}${sandbox.url}

Try:
{ accounts(emails: ["sample@example.com"]) { email loyalty { id memberSince promotions { items { name banner { headline } } } } } }

Ctrl-C ends all.`);

async function stop(): Promise<void> {
  await router.close();
  await Promise.all(others.map((each) => each.close()));
  await gateway.close();
  await sandbox.close();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
