import { freePort, type Program, startProgram, whenServing } from '../../support/process.ts';

/** Instances of the gateway, each in a separate process on a fixed port. */
export type Fleet = {
  readonly ports: readonly number[];
  /** Stops the instance with SIGTERM and starts it again. Resolves with the exit code once it serves again. */
  restart(index: number): Promise<number | string | null>;
  /** Stops all. Resolves with everything that they have logged. */
  end(): Promise<string>;
};

export async function startFleet(size: number, env: Record<string, string>): Promise<Fleet> {
  const ports = await Promise.all(Array.from({ length: size }, freePort));
  const logs: string[] = [];
  const start = async (port: number): Promise<Program> => {
    const { program } = await whenServing(
      startProgram('src/main.js', { ...env, PORT: String(port), LOG_FORMAT: 'json' }),
    );
    return program;
  };
  const stop = async (program: Program) => {
    const code = await program.stop('SIGTERM');
    logs.push(program.output());
    return code;
  };
  const programs = await Promise.all(ports.map(start));
  return {
    ports,
    async restart(index) {
      const program = programs[index];
      const port = ports[index];
      if (program === undefined || port === undefined) throw new Error(`There is no instance ${index}.`);
      const code = await stop(program);
      programs[index] = await start(port);
      return code;
    },
    async end() {
      await Promise.all(programs.map(stop));
      return logs.join('\n');
    },
  };
}
