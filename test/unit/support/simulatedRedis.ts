import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { LuaFactory } from 'wasmoon';

/** The Redis commands that the scripts of the budget use, on keys in a table. The time is set before each script. */
const SERVER = `
local now, keys, scripts = 0, {}, {}
local commands = {}
local function hash(key) keys[key] = keys[key] or {} return keys[key] end
local function count(key)
  local n = 0
  for _ in pairs(hash(key)) do n = n + 1 end
  return n
end
function commands.TIME() return { string.format('%d', now // 1000000), string.format('%d', now % 1000000) } end
function commands.HGET(key, field) return hash(key)[field] or false end
function commands.HMGET(key, one, other) return { hash(key)[one] or false, hash(key)[other] or false } end
function commands.HSET(key, ...)
  local pairsOf = { ... }
  for i = 1, #pairsOf, 2 do hash(key)[pairsOf[i]] = tostring(pairsOf[i + 1]) end
end
function commands.ZADD(key, score, member) hash(key)[member] = score end
function commands.ZCARD(key) return count(key) end
function commands.ZREMRANGEBYSCORE(key, _, highest)
  for member, score in pairs(hash(key)) do if score <= highest then hash(key)[member] = nil end end
end
function commands.PEXPIRE() end
function commands.PTTL() return 0 end
redis = { call = function(command, ...) return commands[command](...) end }

local server = {}
function server.define(name, lua) scripts[name] = load('local KEYS, ARGV = ... ' .. lua) end
function server.lose() keys = {} end
function server.run(at, name, key, ...)
  now = at
  local answer = scripts[name]({ key }, { ... })
  return type(answer) == 'table' and table.concat(answer, ' ') or tostring(answer or 0)
end
return server`;

type Server = {
  define(name: string, lua: string): void;
  lose(): void;
  run(atUs: number, name: string, key: string, ...args: string[]): string;
};

/** A Redis in the stopped time of a test. It runs the real scripts in its own Lua. */
export type SimulatedRedis = {
  /** A new connection, whose commands take this many milliseconds each way. */
  connect(latencyMs: () => number, reconnectMs: () => number): Redis;
  /** Loses all connections and counts. */
  kill(): void;
  start(): void;
};

/** Starts an empty Redis in the time of the test. */
export async function simulateRedis(): Promise<SimulatedRedis> {
  const lua = await new LuaFactory().createEngine();
  const server: Server = await lua.doString(SERVER);
  const clients = new Set<SimulatedClient>();
  let run = 1;
  let running = true;
  const current = () => (running ? run : 0);
  return {
    connect(latencyMs, reconnectMs) {
      const client = new SimulatedClient(server, current, latencyMs, reconnectMs);
      clients.add(client);
      return client as unknown as Redis;
    },
    kill() {
      running = false;
      run++;
      server.lose();
      for (const client of clients) client.lose();
    },
    start() {
      running = true;
      for (const client of clients) client.reconnect();
    },
  };
}

class SimulatedClient extends EventEmitter {
  status = 'ready';
  readonly #server: Server;
  /** The number of the server's current run; 0 while it is down. */
  readonly #run: () => number;
  readonly #latencyMs: () => number;
  readonly #reconnectMs: () => number;

  constructor(server: Server, run: () => number, latencyMs: () => number, reconnectMs: () => number) {
    super();
    this.#server = server;
    this.#run = run;
    this.#latencyMs = latencyMs;
    this.#reconnectMs = reconnectMs;
  }

  defineCommand(name: string, { lua }: { readonly lua: string }): void {
    this.#server.define(name, lua);
    Object.assign(this, { [name]: (key: string, ...args: unknown[]) => this.#send(name, key, args.map(String)) });
  }

  lose(): void {
    this.status = 'close';
    setTimeout(() => this.emit('close'), this.#latencyMs());
  }

  reconnect(): void {
    const run = this.#run();
    setTimeout(() => {
      if (this.#run() !== run) return;
      this.status = 'ready';
      this.emit('ready');
    }, this.#reconnectMs());
  }

  disconnect(): void {}

  async zrem(): Promise<number> {
    return 0;
  }

  async #send(name: string, key: string, args: readonly string[]): Promise<number | number[]> {
    const run = this.#run();
    if (this.status !== 'ready') throw new Error("Stream isn't writeable and enableOfflineQueue options is false");
    await passed(this.#latencyMs());
    if (this.#run() !== run) throw new Error('Connection is closed.');
    const answer = this.#server.run(Math.floor(performance.now() * 1000), name, key, ...args);
    await passed(this.#latencyMs());
    if (this.#run() !== run) throw new Error('Connection is closed.');
    const numbers = answer.split(' ').map(Number);
    return numbers.length === 1 ? (numbers[0] ?? 0) : numbers;
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
