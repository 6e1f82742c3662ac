import type { SoakOperation } from './operations.ts';

export type Tally = {
  answered: number;
  /** Responses without any error. */
  clean: number;
  /** Clients that disconnected on purpose. */
  left: number;
  readonly codes: Map<string, number>;
  /** Failures: wrong responses, and operations without a response. */
  readonly wrongs: string[];
};

export function newTally(): Tally {
  return { answered: 0, clean: 0, left: 0, codes: new Map(), wrongs: [] };
}

const LEAVING_SHARE = 0.02;
const PATIENCE_MS = 20_000;

/** Sends operations, this many at once, until `more` returns false. Resolves once all have their response. */
export async function load(
  url: string,
  clients: number,
  more: () => boolean,
  next: () => SoakOperation,
  random: () => number,
  tally: Tally,
): Promise<void> {
  const client = async () => {
    while (more()) await send(url, next(), random, tally);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

async function send(url: string, operation: SoakOperation, random: () => number, tally: Tally): Promise<void> {
  const leaving = random() < LEAVING_SHARE;
  const signal = AbortSignal.timeout(leaving ? Math.ceil(random() * 15) : PATIENCE_MS);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...operation.headers },
      body: JSON.stringify(operation.body),
      signal,
    });
    const answer = (await response.json()) as Parameters<SoakOperation['wrong']>[0];
    tally.answered++;
    if (answer.errors === undefined) tally.clean++;
    for (const { extensions } of answer.errors ?? []) {
      const code = String(extensions?.code);
      tally.codes.set(code, (tally.codes.get(code) ?? 0) + 1);
    }
    const wrong = operation.wrong(answer);
    if (wrong !== undefined) tally.wrongs.push(`HTTP ${response.status}: ${wrong}`);
  } catch (error) {
    if (leaving) tally.left++;
    else tally.wrongs.push(`no answer: ${String((error as Error).cause ?? error)}`);
  }
}
