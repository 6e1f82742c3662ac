import { accounts } from './accounts.ts';
import { content } from './content.ts';
import { members } from './members.ts';
import { startPromotions } from './promotions.ts';
import { startRouter } from './router.ts';
import { startSubgraph } from './subgraph.ts';
import { composeSupergraph } from './supergraph.ts';

/** `npm run supergraph`: the gateway on its sandbox beside three other subgraphs, and Apollo Gateway in front of all. */
const subgraphs = [await startPromotions(), ...(await Promise.all([accounts, members, content].map(startSubgraph)))];
const router = await startRouter(composeSupergraph(subgraphs), Number(process.env.PORT ?? 4100));

console.log(`
Supergraph    ${router.url} (the playground in a browser)
${subgraphs.map(({ name, url }) => `  ${name.padEnd(12)}${url}`).join('\n')}

Try:
{ accounts(emails: ["sample@example.com"]) { email loyalty { id memberSince promotions { items { name banner { headline } } } } } }

Ctrl-C ends all.`);

async function stop(): Promise<void> {
  await router.close();
  await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
