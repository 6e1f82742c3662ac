import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { A_MINUTE, eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { BASIC, customer } from '../support/gateway.ts';
import { rssMb, runFirst, startGatewayProgram } from '../support/process.ts';
import { json, pageBody } from '../support/upstream.ts';
import { containerEnvironment } from './support/containerEnvironment.ts';

const ATTACKER = '127.0.0.2';
const CONTAINER_MB = 1024;
/** What is held is under 40 MB; V8 and the C library put off what they clear away. The answers alone would be 600. */
const MORE_MB = 150;
/** Operations of an honest client while an attack goes on, which take at least seven seconds. */
const OPERATIONS_BESIDE = 140;

const head = (framing: string) =>
  `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\nauthorization: ${BASIC}\r\n${framing}\r\n\r\n`;
const headOf = (length: number) => head(`content-length: ${length}`);

/** An answer of 5 MB from one upstream call. */
const LONG = JSON.stringify({
  query: `{ ${customer(Array.from({ length: 58 }, (_, i) => `a${i}: promotions(limit: 100) { items { description id name } }`).join(' '))} }`,
});

/** A connection of the attacker, which sends this and reads nothing. */
async function send(url: string, bytes: string): Promise<Socket> {
  const { port } = new URL(url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: ATTACKER });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.pause();
  socket.write(bytes);
  return socket;
}

/** Asks over one connection that is kept open, and collects the statuses, until `stop`. */
function startHonestClient(url: string) {
  const agent = new Agent({ keepAlive: true });
  const statuses: number[] = [];
  const body = JSON.stringify({ query: `{ ${customer('customerId')} }` });
  let isStopped = false;
  const asking = (async () => {
    while (!isStopped) {
      statuses.push(await askOnce(url, body, agent));
      // A rate is operations in a time, so time itself is waited for.
      await sleep(50);
    }
    agent.destroy();
  })();
  return {
    statuses,
    /** Resolves once it has got so many more statuses. */
    async answered(count: number): Promise<void> {
      const enough = statuses.length + count;
      await eventually(
        'responses of the honest client',
        () => statuses.length,
        (got) => got >= enough,
        A_MINUTE,
      );
    },
    stop() {
      isStopped = true;
      return asking;
    },
  };
}

function askOnce(url: string, body: string, agent: Agent): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: BASIC };
  return new Promise((resolve) => {
    const asked = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    asked.once('error', () => resolve(0));
    asked.end(body);
  });
}

test.for([
  [
    '120 answers of 5 MB that nobody reads',
    Array.from({ length: 60 }, () => [LONG, LONG].map((body) => headOf(body.length) + body).join('')),
  ],
  ['1,500 half-sent bodies of 250 KB', Array.from({ length: 1500 }, () => headOf(260_000) + ' '.repeat(250_000))],
  [
    '20 half-sent bodies in 200,000 pieces of one byte',
    Array.from({ length: 20 }, () => head('transfer-encoding: chunked') + '1\r\n \r\n'.repeat(200_000)),
  ],
] as const)(
  `%s take less than ${MORE_MB} MB, also a second time, and harm no other address`,
  async ([, attack], { upstream, onTestFinished }) => {
    const page = pageBody(100, 0, 100);
    const promotions = page.promotions.map((promotion) => ({ ...promotion, description: 'x'.repeat(760) }));
    upstream.reply(json({ ...page, promotions }));
    const gateway = await startGatewayProgram({
      UPSTREAM_URL: upstream.url,
      CACHE_TTL_SECONDS: '60',
      ...containerEnvironment(CONTAINER_MB),
      LOG_LEVEL: 'silent',
      LOG_FORMAT: 'pretty',
    });
    onTestFinished(async () => void (await gateway.program.stop('SIGKILL')));
    // On a busy machine it would refuse operations because its event loop lags.
    runFirst(gateway.program.child);
    // To make one such answer takes memory too, whoever reads it.
    const agent = new Agent({ keepAlive: true });
    for (let i = 0; i < 10; i++) expect(await askOnce(gateway.url, LONG, agent)).toBe(200);
    agent.destroy();
    const honest = startHonestClient(gateway.url);
    await honest.answered(30);
    const before = rssMb(gateway.program.child);
    let most = before;
    const watching = setInterval(() => {
      most = Math.max(most, rssMb(gateway.program.child));
    }, 50);
    // What the first attack took is free for the second.
    for (let i = 0; i < 2; i++) {
      const sockets = await Promise.all(attack.map((bytes) => send(gateway.url, bytes)));
      await honest.answered(OPERATIONS_BESIDE);
      for (const socket of sockets) socket.destroy();
    }
    clearInterval(watching);
    await honest.stop();
    expect(most - before).toBeLessThan(MORE_MB);
    expect(honest.statuses.filter((status) => status === 200).length / honest.statuses.length).toBeGreaterThanOrEqual(
      0.99,
    );
  },
);
