import { setTimeout as sleep } from 'node:timers/promises';

type Sample = { readonly rssMb: number; readonly sockets: number };

/** What a gateway's process uses, and all that its cache did, from its own metrics. */
export type Resources = {
  readonly samples: readonly Sample[];
  readonly hits: () => number;
  readonly wholeResponses: () => number;
  stop(): Promise<void>;
};

/** Takes a sample every `everyMs` until it is stopped. */
export function watchResources(origin: string, everyMs: number): Resources {
  const samples: Sample[] = [];
  let text = '';
  const read = (name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length),
    );
  const stopping = new AbortController();
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      text = await fetch(`${origin}/metrics`).then((response) => response.text());
      samples.push({
        rssMb: read('process_resident_memory_bytes') / 1024 / 1024,
        sockets: read('process_open_fds'),
      });
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    samples,
    hits: () => read('gateway_cache_lookups_total{state="hit"}'),
    wholeResponses: () => read('gateway_cache_whole_responses_total'),
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}

/** Calls are in flight at the time of one sample and not of another. */
const MAX_MORE_DESCRIPTORS = 60;

export type Growth = { readonly name: string; readonly early: number; readonly late: number; readonly flat: boolean };

/** Compares the second quarter of the samples, when all is warm, with the last. */
export function growthOf(samples: readonly Sample[], maxGrowthMb: number): readonly Growth[] {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const early = samples.slice(quarter, 2 * quarter);
  const late = samples.slice(-quarter);
  const compare = (name: string, read: (sample: Sample) => number, allowance: number): Growth => {
    const [before, after] = [median(early.map(read)), median(late.map(read))];
    return { name, early: before, late: after, flat: after <= before + allowance };
  };
  return [
    compare('RSS (MB)', ({ rssMb }) => rssMb, maxGrowthMb),
    compare('file descriptors', ({ sockets }) => sockets, MAX_MORE_DESCRIPTORS),
  ];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
