import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** A call that reached the test's upstream. */
export type RecordedCall = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The path and query as received. */
  readonly rawUrl: string;
  readonly headers: IncomingMessage['headers'];
  /** The body of a POST. */
  readonly body: string;
};

/** Responds to a call, or causes a fault. */
export type Reply = (call: RecordedCall, response: ServerResponse) => void | Promise<void>;

export type TestUpstream = {
  readonly url: string;
  readonly calls: RecordedCall[];
  readonly inFlight: () => number;
  /** The most calls that were in flight at once. */
  readonly peak: () => number;
  /** How many calls lost their client before their response. */
  readonly aborted: () => number;
  /** Resolves once this many calls have been received in total. */
  callsReached(count: number): Promise<void>;
  /** Resolves once this many calls have lost their client. */
  abortsReached(count: number): Promise<void>;
  /** Responds to all calls from now on that have no reply by `on`. */
  reply(reply: Reply): void;
  /** Responds to calls for this REST identifier value. */
  on(identifierValue: string, reply: Reply): void;
  /** Clears calls, replies and counts. */
  reset(): void;
  close(): Promise<void>;
};

/**
 * Starts an upstream on a real socket. Without a reply it returns pages of a list of 10.
 * @param port of the loopback interface; 0 uses a free one
 */
export async function startUpstream(port = 0): Promise<TestUpstream> {
  const calls: RecordedCall[] = [];
  const byIdentifier = new Map<string, Reply>();
  let fallback: Reply = pages(10);
  let inFlight = 0;
  let peak = 0;
  let aborted = 0;

  const waiting: { readonly met: () => boolean; readonly resolve: () => void }[] = [];
  const check = () => {
    for (const waiter of waiting.filter(({ met }) => met())) {
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.resolve();
    }
  };
  /** Resolves at the event that meets the condition, without a poll in between. */
  const until = (met: () => boolean, what: string) =>
    new Promise<void>((resolve, reject) => {
      // Made here, so that its stack leads to the test.
      const tooLate = new Error();
      void sleep(10_000, undefined, { ref: false }).then(() => {
        tooLate.message = `Waited 10 s for ${what}, got ${calls.length} calls and ${aborted} without a client.`;
        reject(tooLate);
      });
      waiting.push({ met, resolve });
      check();
    });

  const server = createServer(async (request, response) => {
    const body = request.method === 'POST' ? await textOf(request) : '';
    const url = new URL(request.url ?? '/', 'http://upstream');
    const call: RecordedCall = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      rawUrl: request.url ?? '',
      headers: request.headers,
      body,
    };
    calls.push(call);
    inFlight++;
    peak = Math.max(peak, inFlight);
    response.once('close', () => {
      inFlight--;
      if (!response.writableFinished) aborted++;
      check();
    });
    check();
    void (byIdentifier.get(call.query.identifierValue ?? '') ?? fallback)(call, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    inFlight: () => inFlight,
    peak: () => peak,
    aborted: () => aborted,
    callsReached: (count) => until(() => calls.length >= count, `${count} calls of upstream`),
    abortsReached: (count) => until(() => aborted >= count, `${count} calls whose client left`),
    reply(reply) {
      fallback = reply;
    },
    on(identifierValue, reply) {
      byIdentifier.set(identifierValue, reply);
    },
    reset() {
      calls.length = 0;
      byIdentifier.clear();
      fallback = pages(10);
      peak = inFlight;
      aborted = 0;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Any JSON, with any status and headers. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Any text, with any status and headers. */
export function text(body: string, status = 200, headers: Record<string, string> = {}): Reply {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
  };
}

/** An error body as the endpoint writes it. */
export function errorBody(code: number | string, status = 200): Reply {
  return json({ errors: [{ status: false, code, message: 'Customer 917406400033 is not to be shown' }] }, status);
}

export function promotion(index: number): Record<string, unknown> {
  return { promotionId: 1000 + index, promotionName: `Promotion ${index}` };
}

/** The REST body of a window of a list of `total` promotions, whose i-th has id 1000 + i. */
export function pageBody(total: number, offset: number, limit: number, customerId: number | string = 347297848) {
  const size = Math.max(0, Math.min(limit, total - offset));
  return {
    pageDetails: {
      pageNumber: limit === 0 ? 0 : Math.floor(offset / limit),
      pageSize: limit,
      totalEntries: total,
      pageCount: limit === 0 ? 0 : Math.ceil(total / limit),
    },
    customerId,
    promotions: Array.from({ length: size }, (_, i) => promotion(offset + i)),
    warnings: [],
  };
}

/** Responds to each call with its window of a list of `total` promotions. More than 100 at once are refused. */
export function pages(total: number, customerId: number | string = 347297848): Reply {
  return (call, response) => {
    const limit = Number(call.query.limit ?? 10);
    if (limit > 100) return json({ errors: [{ status: false, code: 500, message: 'limit' }] }, 400)(call, response);
    return json(pageBody(total, Number(call.query.offset ?? 0), limit, customerId))(call, response);
  };
}

/** Never responds. */
export const silent: Reply = () => {};

/** Starts a response with a Content-Length, and then cuts the connection. */
export const cutOff: Reply = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"pageDetails":', () => response.destroy());
};

/** Sends the beginning of a response, and then single bytes without end. */
export const drip: Reply = (_, response) => {
  response.writeHead(response.statusCode, { 'content-type': 'application/json' }).write('{"customerId": 1');
  const timer = setInterval(() => response.write(' '), 20);
  response.once('close', () => clearInterval(timer));
};

/** Cuts the connection without a response. */
export const reset: Reply = (_, response) => {
  response.destroy();
};

/** Changes to another protocol, for which nobody asked. */
export const upgrading: Reply = (_, response) => {
  response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
};

/** Responds so many milliseconds later. */
export function delayed(ms: number, reply: Reply): Reply {
  return (call, response) => void setTimeout(() => reply(call, response), ms);
}

/** Responds to this many calls with `reply`, and then with pages. */
export function failing(times: number, reply: Reply): Reply {
  let left = times;
  return (call, response) => (left-- > 0 ? reply : pages(10))(call, response);
}

/** Responds once the promise resolves. */
export function after(promise: Promise<void>, reply: Reply): Reply {
  return async (call, response) => {
    await promise;
    await reply(call, response);
  };
}

/** Holds responses back until they are released. */
export function gate(reply: Reply): { readonly reply: Reply; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { reply: after(promise, reply), open: resolve };
}
