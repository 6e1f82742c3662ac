import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pageBody } from '../support/upstream.ts';

/** Everything that a response depends on: credentials, data scope and customer. */
export type Asker = {
  readonly authorization: string;
  readonly dataScope: string;
  readonly name: string;
  readonly value: string;
};

/** A REST `customerId` that is unique for these, so that a mixed-up response is noticed. */
export function customerIdFor({ authorization, dataScope, name, value }: Asker): number {
  const digest = createHash('sha256').update(`${authorization} ${dataScope} ${name} ${value}`).digest('hex');
  return Number.parseInt(digest.slice(0, 10), 16);
}

/** How many promotions this customer has. */
export function totalOf(customerId: number): number {
  return customerId % 37;
}

/** REST `promotionId` of the promotion at an index, which no other customer has. */
export function promotionIdOf(customerId: number, index: number): number {
  return customerId * 100 + index;
}

type Fault = (response: ServerResponse) => void;

const send = (response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

/** The faults, with their share of all calls. */
const FAULTS: readonly (readonly [share: number, name: string, Fault])[] = [
  [0.02, '503', (response) => send(response, 503, 'down')],
  [0.01, 'unknown customer', (response) => send(response, 200, '{"errors":[{"status":false,"code":8015}]}')],
  [0.01, 'broken connection', (response) => response.destroy()],
  [0.005, 'no page', (response) => send(response, 200, '<html>')],
  [
    0.005,
    'cut answer',
    (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{', () => response.destroy());
    },
  ],
  [0.003, 'too large', (response) => send(response, 200, ' '.repeat(400_000))],
  [0.002, 'silence', () => {}],
  [0.0002, '429', (response) => send(response, 429, '{}', { 'retry-after': '1' })],
];

export type FaultyUpstream = {
  readonly url: string;
  readonly calls: () => number;
  readonly inFlight: () => number;
  /** How often each fault was injected. */
  readonly faults: ReadonlyMap<string, number>;
  close(): Promise<void>;
};

/** An upstream that takes some milliseconds, returns different data to each caller, and sometimes fails. */
export async function startFaultyUpstream(random: () => number): Promise<FaultyUpstream> {
  const faults = new Map<string, number>();
  let calls = 0;
  let inFlight = 0;
  const server = createServer(async (request, response) => {
    calls++;
    inFlight++;
    response.once('close', () => inFlight--);
    await sleep(2 + random() * 20);
    const fault = pickFault(random());
    if (fault === undefined) return send(response, 200, answerTo(request));
    const [, name, misbehave] = fault;
    faults.set(name, (faults.get(name) ?? 0) + 1);
    return misbehave(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    inFlight: () => inFlight,
    faults,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function pickFault(at: number): (typeof FAULTS)[number] | undefined {
  let below = 0;
  return FAULTS.find(([share]) => {
    below += share;
    return at < below;
  });
}

function answerTo({ url = '/', headers }: IncomingMessage): string {
  const { searchParams: query } = new URL(url, 'http://upstream');
  const scope = [headers['data-scope'], headers['data-scope-org']].filter((part) => part !== undefined).join(':');
  const customerId = customerIdFor({
    authorization: headers.authorization ?? '',
    dataScope: scope,
    name: query.get('identifierName') ?? '',
    value: query.get('identifierValue') ?? '',
  });
  const offset = Number(query.get('offset') ?? 0);
  const page = pageBody(totalOf(customerId), offset, Number(query.get('limit') ?? 10), customerId);
  const promotions = page.promotions.map((each, i) => ({
    ...each,
    promotionId: promotionIdOf(customerId, offset + i),
  }));
  return JSON.stringify({ ...page, promotions });
}
