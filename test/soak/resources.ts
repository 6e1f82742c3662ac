import { setTimeout as sleep } from 'node:timers/promises';

type Sample = { readonly rssMb: number; readonly sockets: number };

/** The resources of the gateway's process, from its own metrics. */
export type Resources = { readonly samples: Sample[]; stop(): Promise<void> };

/** Takes a sample every `everyMs` until it is stopped. */
export function watchResources(origin: string, everyMs: number): Resources {
  const samples: Sample[] = [];
  const stopping = new AbortController();
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const text = await fetch(`${origin}/metrics`).then((response) => response.text());
      const read = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
      samples.push({
        rssMb: read('process_resident_memory_bytes') / 1024 / 1024,
        sockets: read('process_open_fds'),
      });
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    samples,
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}

export type Growth = { readonly name: string; readonly early: number; readonly late: number; readonly flat: boolean };

/** Compares the third quarter of the samples, when all is warm, with the last. */
export function growthOf(samples: readonly Sample[]): readonly Growth[] {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const early = samples.slice(-2 * quarter, -quarter);
  const late = samples.slice(-quarter);
  const compare = (name: string, read: (sample: Sample) => number, allowance: (early: number) => number): Growth => {
    const [before, after] = [median(early.map(read)), median(late.map(read))];
    return { name, early: before, late: after, flat: after <= before + allowance(before) };
  };
  return [
    compare(
      'RSS (MB)',
      ({ rssMb }) => rssMb,
      (before) => Math.max(25, before * 0.15),
    ),
    compare(
      'file descriptors',
      ({ sockets }) => sockets,
      () => 60,
    ),
  ];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
