import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { BASIC } from '../../support/gateway.ts';
import { someone } from '../../support/questions.ts';

/** The results of the clients' requests. */
export type Outcome = {
  /** The id of each request with the expected response. */
  readonly answered: string[];
  /** The first line of each other response or error. */
  readonly failed: string[];
};

/**
 * This many clients, each of which sends the next request on its connection after each response, until `stop`. A slow
 * machine lowers their rate, but not the number of requests in flight. Each request is for a customer of its own, whose id
 * in upstream is the mobile number.
 */
export function startClients(url: string, count: number) {
  const outcome: Outcome = { answered: [], failed: [] };
  let isStopped = false;
  const client = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!isStopped) {
      const id = randomUUID();
      const mobile = someone();
      const response = await ask(agent, url, id, mobile).catch((error: Error) => error.message);
      if (response === `200 {"data":{"customer":{"customerId":"${mobile}"}}}`) outcome.answered.push(id);
      else outcome.failed.push(response.replace(/\n.*/s, ''));
    }
    agent.destroy();
  };
  const clients = Array.from({ length: count }, client);
  return {
    async stop(): Promise<Outcome> {
      isStopped = true;
      await Promise.all(clients);
      return outcome;
    },
  };
}

const QUERY =
  'query ($mobile: String!) { customer(identifier: { name: MOBILE, value: $mobile }, source: INSTORE) { customerId } }';

/** Resolves with the status and the body of the response. */
async function ask(agent: Agent, url: string, id: string, mobile: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const asking = request(`${url}/graphql`, {
    agent,
    method: 'POST',
    timeout: 30_000,
    headers: { 'content-type': 'application/json', authorization: BASIC, 'x-request-id': id },
  });
  asking.on('timeout', () => asking.destroy(new Error('no response in 30 seconds')));
  asking.on('error', reject).on('response', (response) => {
    text(response).then((body) => resolve(`${response.statusCode} ${body}`), reject);
  });
  asking.end(JSON.stringify({ query: QUERY, variables: { mobile } }));
  return promise;
}
