import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EVENTS_TOKEN } from '../support/events.ts';
import { GATEWAY_PROGRAM, type Program, startProgram, whenServing } from '../support/process.ts';
import { newCount } from './figures.ts';

export const TTL_MS = 2000;
export const STALE_MS = 2000;
export const DEADLINE_MS = 3000;

const SETTINGS = {
  NODE_ENV: 'production',
  PORT: '0',
  METRICS: 'true',
  LOG_LEVEL: 'error',
  LOG_FORMAT: 'pretty',
  SHUTDOWN_DELAY_MS: '500',
  UPSTREAM_CONCURRENCY: '64',
  UPSTREAM_TIMEOUT_MS: '500',
  UPSTREAM_DEADLINE_MS: String(DEADLINE_MS),
  UPSTREAM_MAX_BYTES: '800000',
  MAX_UPSTREAM_CALLS: '1000',
  // It is never used up, but counted in Redis.
  UPSTREAM_REQUESTS_PER_MINUTE: '1000000',
  UPSTREAM_INSTANCES: '2',
  CACHE_TTL_SECONDS: String(TTL_MS / 1000),
  CACHE_STALE_SECONDS: String(STALE_MS / 1000),
  CACHE_SECRET: 'a secret that only these gateways know',
  CACHE_CLIENT_CONTROL: 'all',
  EVENTS_TOKEN,
};

/** One process of a gateway. */
export type Instance = {
  readonly origin: string;
  readonly program: Program;
  state: 'serving' | 'stopping' | 'killed';
};

/** A gateway whose processes follow each other. Each gets a wall clock that can jump. */
export class Gateway {
  readonly #env: Record<string, string>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'soak-'));
  readonly #instances: Instance[] = [];
  /** How the processes ended that were stopped. */
  readonly exits = newCount();

  constructor(env: Record<string, string>) {
    this.#env = { ...SETTINGS, ...env, CLOCK_FILE: join(this.#folder, 'clock') };
    this.#writeOffset(0);
  }

  get serving(): Instance | undefined {
    return this.#instances.find(({ state }) => state === 'serving');
  }

  /** Starts a process, and resolves once it serves. */
  async start(): Promise<Instance> {
    const clock = ['--import', fileURLToPath(new URL('./clock.ts', import.meta.url))];
    const started = startProgram(GATEWAY_PROGRAM, this.#env, [], [process.execPath, ...clock]);
    const { url, program } = await whenServing(started);
    const instance: Instance = { origin: new URL(url).origin, program, state: 'serving' };
    this.#instances.push(instance);
    return instance;
  }

  async kill(): Promise<void> {
    await this.#end('killed', 'SIGKILL');
  }

  /** Leaves no process and no file behind. */
  remove(): void {
    for (const { program } of this.#instances) program.child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true });
  }

  /** Ends the process as a rollout does: it gets no new operation, and answers those that it has. */
  async stop(): Promise<void> {
    this.exits.add(String(await this.#end('stopping', 'SIGTERM')));
  }

  /** Sets the wall clock ahead of the machine's, or behind. */
  setClock(offsetMs: number): void {
    this.#writeOffset(offsetMs);
    this.serving?.program.child.kill('SIGUSR2');
  }

  /** How many defects its processes have logged. */
  get defects(): number {
    const found = this.#instances.map(({ program }) => program.output().match(/unhandled error/g)?.length ?? 0);
    return found.reduce((sum, count) => sum + count, 0);
  }

  async #end(state: 'stopping' | 'killed', signal: NodeJS.Signals) {
    const instance = this.serving;
    if (instance === undefined) throw new Error('There is no process to end.');
    instance.state = state;
    return instance.program.stop(signal);
  }

  #writeOffset(offsetMs: number): void {
    writeFileSync(join(this.#folder, 'clock'), String(offsetMs));
  }
}
