import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A started program of this project, and what it has printed so far. */
export type Program = {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves with the first match in what the program prints; throws if it ends before, or after 50 seconds of real time. */
  printed(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  /** Resolves with the exit code, or the signal that killed it. */
  readonly exited: Promise<number | string | null>;
  stop(signal?: NodeJS.Signals): Promise<number | string | null>;
};

/** The command that runs a program with this Node and at most so many open files. */
export function withOpenFiles(count: number): readonly string[] {
  return ['sh', '-c', `ulimit -n ${count} && exec "$0" "$@"`, process.execPath];
}

/** Starts a file with this Node, or another command, with only these variables and PATH. */
export function startProgram(
  file: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
  [command = '', ...first]: readonly string[] = [process.execPath],
): Program {
  const child = spawn(command, [...first, file, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string | null);
  return {
    child,
    output: () => output,
    printed: (pattern, withinMs = 50_000) =>
      new Promise((resolve, reject) => {
        const fail = (what: string) => () => reject(new Error(`${what} ${pattern}:\n${output}`));
        const look = () => {
          const match = pattern.exec(output);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        void exited.then(fail('It exited before it printed'));
        void sleep(withinMs, undefined, { ref: false }).then(fail(`In ${withinMs / 1000} s it has not printed`));
        look();
      }),
    exited,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

/**
 * Lets a process run whenever it can, whatever else the machine does: its times then tell about the process. Of two, the one
 * with the higher priority runs. Where that is not allowed, it shares the machine like any other.
 */
export function runFirst({ pid }: ChildProcess, priority = 1): void {
  spawnSync('chrt', ['--all-tasks', '--rr', '--pid', String(priority), String(pid)]);
}

/** A gateway in its own process, and the URL of its GraphQL endpoint. */
export type GatewayProgram = { readonly url: string; readonly program: Program };

/** The memory of a process, in MB. */
export function rssMb({ pid }: ChildProcess): number {
  const [, kb] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1024;
}

/** The gateway's program: its sources, or the bundle that is made of them. */
export const GATEWAY_PROGRAM = process.env.GATEWAY_PROGRAM ?? 'src/main.js';

/** The sandbox alone, of the same kind. */
export const SANDBOX_PROGRAM = process.env.SANDBOX_PROGRAM ?? 'src/sandbox/standalone.ts';

/** Starts the gateway on a free port with only these variables, and resolves once it serves. */
export function startGatewayProgram(env: Record<string, string> = {}): Promise<GatewayProgram> {
  return whenServing(startProgram(GATEWAY_PROGRAM, { PORT: '0', ...env }));
}

/** What a gateway prints once it serves, on a terminal or as JSON. */
const SERVING = /(?:GraphQL\s+|"url":")(http:\/\/[^\s"]+)/;

/** Resolves once a gateway that was started serves. */
export async function whenServing(program: Program): Promise<GatewayProgram> {
  const [, url = ''] = await program.printed(SERVING);
  return { url, program };
}

/** Below the ports that the system gives to outgoing connections, of which any may take a port before its program does. */
const FIXED_PORTS = { from: 11_000, to: 32_000 };
const given = new Set<number>();

/** A loopback port that nothing listens on, another one each time, for a program that needs a fixed port. */
export async function freePort(): Promise<number> {
  const port = randomInt(FIXED_PORTS.from, FIXED_PORTS.to);
  if (given.has(port) || !(await isFree(port))) return freePort();
  given.add(port);
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
