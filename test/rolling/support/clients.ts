import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** The results of the clients' requests. */
export type Outcome = {
  /** The id of each request with the expected response. */
  readonly answered: string[];
  /** The problems of the others. */
  readonly failed: string[];
};

/** Clients that keep their connections and send requests at a steady rate until `stop`. */
export function startClients(url: string, perSecond: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const outcome: Outcome = { answered: [], failed: [] };
  const underWay = new Set<Promise<void>>();
  const send = () => {
    const id = randomUUID();
    const asked = ask(agent, url, id)
      .then((body) => {
        if (body.includes('"id":"347297848"')) outcome.answered.push(id);
        else outcome.failed.push(body);
      })
      .catch((error: Error) => {
        outcome.failed.push(error.message);
      })
      .finally(() => underWay.delete(asked));
    underWay.add(asked);
  };
  const timer = setInterval(send, 1000 / perSecond);
  return {
    async stop(): Promise<Outcome> {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
      return outcome;
    },
  };
}

async function ask(agent: Agent, url: string, id: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const asking = request(`${url}/graphql`, {
    agent,
    method: 'POST',
    timeout: 10_000,
    headers: { 'content-type': 'application/json', 'x-request-id': id },
  });
  asking.on('timeout', () => asking.destroy(new Error('no response in ten seconds')));
  asking.on('error', reject).on('response', (response) => {
    text(response).then((body) => resolve(`${response.statusCode} ${body}`), reject);
  });
  asking.end(
    JSON.stringify({
      query: '{ customer(identifier: { name: MOBILE, value: "917406400033" }, source: INSTORE) { id } }',
    }),
  );
  return promise;
}
