import type { SoakOperation } from './operations.ts';

export type Tally = {
  answered: number;
  /** Answers without any error. */
  clean: number;
  /** Clients that went away on purpose. */
  left: number;
  readonly codes: Map<string, number>;
  /** What must not be: wrong answers, and operations that were never answered. */
  readonly wrongs: string[];
};

export function newTally(): Tally {
  return { answered: 0, clean: 0, left: 0, codes: new Map(), wrongs: [] };
}

const LEAVING_SHARE = 0.02;
const PATIENCE_MS = 20_000;

/** Sends operations, so many at once, until `more` says no; resolves once all of them are answered. */
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
