import { type Program, runFirst, startProgram } from './process.ts';

/** A GET that is asked again and again beside some work. */
export type Probed = { readonly url: URL; readonly headers?: Readonly<Record<string, string>> };

/** What the work results in, and how long requests beside it waited for a program's main thread, at most, in milliseconds. */
export async function slowestBeside<Result>({ child }: Program, probed: Probed, work: () => Promise<Result>) {
  const { url, headers = {} } = probed;
  const probe = startProgram('test/support/waitProbe.ts', {}, [url.href, JSON.stringify(headers), String(child.pid)]);
  await probe.printed(/asking/);
  runFirst(probe.child, 2);
  const result = await work().finally(() => probe.stop());
  return { result, slowest: Number((await probe.printed(/slowest (\S+)/))[1]) };
}
