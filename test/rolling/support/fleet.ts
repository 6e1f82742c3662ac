import { freePort, type Program, runFirst, startProgram, whenServing } from '../../support/process.ts';

/** A restart of an instance. */
export type Restart = {
  readonly exitCode: number | string | null;
  /** How many operations were in flight in the instance at SIGTERM. */
  readonly inFlight: number;
};

/** Instances of the gateway, each in a separate process on a fixed port. */
export type Fleet = {
  readonly ports: readonly number[];
  /** Stops the instance with SIGTERM and starts it again. Resolves once it serves again. */
  restart(index: number): Promise<Restart>;
  /** Stops all. Resolves with the request ids of all operations that they have logged. */
  end(): Promise<string[]>;
};

/** An operation that an instance logged. Its times are in milliseconds since 1970. */
type Operation = { readonly requestId: string; readonly startedAt: number; readonly endedAt: number };

export async function startFleet(size: number, env: Record<string, string>): Promise<Fleet> {
  const ports = await Promise.all(Array.from({ length: size }, freePort));
  const logged: Operation[] = [];
  const start = async (port: number): Promise<Program> => {
    const program = startProgram('src/main.js', { ...env, PORT: String(port), LOG_FORMAT: 'json' });
    // An instance on a busy machine refuses operations while its event loop lags.
    runFirst(program.child);
    await whenServing(program);
    return program;
  };
  const stop = async (program: Program): Promise<Restart> => {
    const stoppedAt = Date.now();
    const exitCode = await program.stop('SIGTERM');
    const operations = operationsIn(program.output());
    logged.push(...operations);
    const inFlight = operations.filter(({ startedAt, endedAt }) => startedAt < stoppedAt && stoppedAt < endedAt);
    return { exitCode, inFlight: inFlight.length };
  };
  const programs = await Promise.all(ports.map(start));
  return {
    ports,
    async restart(index) {
      const program = programs[index];
      const port = ports[index];
      if (program === undefined || port === undefined) throw new Error(`There is no instance ${index}.`);
      const restart = await stop(program);
      programs[index] = await start(port);
      return restart;
    },
    async end() {
      await Promise.all(programs.splice(0).map(stop));
      return logged.map(({ requestId }) => requestId);
    },
  };
}

function operationsIn(log: string): Operation[] {
  const lines = log.split('\n').filter((line) => line.endsWith('"msg":"operation"}'));
  return lines.map((line) => {
    const { requestId, time, durationMs } = JSON.parse(line);
    const endedAt = Date.parse(time);
    return { requestId, startedAt: endedAt - durationMs, endedAt };
  });
}
