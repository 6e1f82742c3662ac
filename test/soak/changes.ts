import { setTimeout as sleep } from 'node:timers/promises';
import { customerEvent, postEvent } from '../support/events.ts';
import type { Tally } from './figures.ts';
import type { Clients } from './load.ts';
import { operationFor, pickCustomer } from './operations.ts';
import { between, pick, type Random } from './random.ts';
import { customerIdOf, type Truth } from './truth.ts';

/** The other changes have no event, so only the cache's lifetime ends what is older. */
const SHARE_WITH_EVENT = 0.7;
const REPEAT_EVENT_MS = 100;

/** Changes customers, several at once, until it is aborted. */
export async function changeCustomers(
  clients: Clients,
  truth: Truth,
  random: Random,
  tally: Tally,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  const changing = new Set<Promise<void>>();
  while (!signal.aborted) {
    const change = changeOne(clients, truth, random, tally).finally(() => changing.delete(change));
    changing.add(change);
    await sleep(between(random, 0, 2 * everyMs), undefined, { signal }).catch(() => {});
  }
  await Promise.all(changing);
}

/** The same operation before and after a change, at each instance. After the event, none may get the old page. */
async function changeOne(clients: Clients, truth: Truth, random: Random, tally: Tally): Promise<void> {
  const value = pickCustomer(random);
  const operation = operationFor(truth, random, 'customer', [value]);
  const askAll = () => Promise.all(clients.serving.map((instance) => clients.send(instance, operation)));
  await askAll();
  // Now each has its whole response.
  await askAll();
  truth.change(value);
  if (random() > SHARE_WITH_EVENT) return;
  await sendEvent(clients, truth, random, tally, value);
  await askAll();
}

/** Sends an event to any instance, as often as its sender must until it is accepted. */
async function sendEvent(clients: Clients, truth: Truth, random: Random, tally: Tally, value: string): Promise<void> {
  for (;;) {
    const instance = pick(random, clients.serving);
    const version = truth.version(value);
    try {
      const { status } = await postEvent(instance.origin, customerEvent({ customerId: customerIdOf(value) }));
      tally.events.add(String(status));
      if (status === 202) return truth.acknowledge(value, version);
    } catch (error) {
      clients.noAnswer(instance, error);
    }
    await sleep(REPEAT_EVENT_MS);
  }
}
