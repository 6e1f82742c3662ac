import { ConfigError } from '../../src/config/configError.ts';
import { configErrorOf, wholeNumber } from '../../src/config/fields.ts';
import { startPromotions } from './promotions.ts';
import { startRouter } from './router.ts';
import { startSubgraph } from './subgraph.ts';
import { composeSupergraph, OTHERS } from './supergraph.ts';

/** `npm run supergraph` starts the gateway with its sandbox, three other subgraphs, and Apollo Gateway in front of them. */
const running: { close(): Promise<void> }[] = [];

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const each of running.toReversed()) await each.close();
  // Subgraphs that are still starting stop with this process.
  process.exit();
}

// Before anything is started, so that Ctrl-C always stops everything.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);

/** A port that cannot be used ends the start with one line. */
function giveUp(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}

const { data: port = 4200, error } = wholeNumber(0, 65_535)
  .optional()
  .safeParse(process.env.PORT || undefined);
if (error !== undefined) giveUp(configErrorOf(error, 'PORT'));
const subgraphs = [await startPromotions(), ...(await Promise.all(OTHERS.map(startSubgraph)))];
running.push(...subgraphs);
const router = await startRouter(composeSupergraph(subgraphs), port).catch(giveUp);
running.push(router);

console.log(`
Supergraph    ${router.url} (the playground in a browser)
${subgraphs.map(({ name, url }) => `  ${name.padEnd(12)}${url}`).join('\n')}

Try:
{ accounts(emails: ["sample@example.com"]) { email loyalty { customerId memberSince promotions { items { name banner { headline } } } } } }

Ctrl-C ends all.`);
