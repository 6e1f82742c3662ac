import type { World } from '../oracle/lists.ts';
import { isOfVisit } from '../oracle/visit.ts';
import {
  cutOff,
  delayed,
  errorBody,
  json,
  pageBody,
  type RecordedCall,
  type Reply,
  reset,
  silent,
  startUpstream,
  text,
} from '../support/upstream.ts';
import { type Count, newCount } from './figures.ts';
import type { Random } from './random.ts';
import { customerIdOf, listOf, type Truth } from './truth.ts';

const tooMany = json({}, 429, { 'retry-after': '1' });

type Faults = readonly (readonly [share: number, name: string, Reply])[];

/** The faults of each weather, with their share of all calls. A reply may be late in addition. */
const WEATHERS = {
  fair: [
    [0.02, '503', text('down', 503)],
    [0.01, 'unknown customer', errorBody(8015)],
    [0.01, 'broken connection', reset],
    [0.005, 'no page', text('<html>')],
    [0.005, 'cut answer', cutOff],
    [0.003, 'too large', text(' '.repeat(1_000_000))],
    [0.002, 'silence', silent],
    [0.0002, '429', tooMany],
  ],
  'storm of 429': [[0.5, '429', tooMany]],
  'storm of 5xx': [[0.9, '503', text('down', 503)]],
  'storm of cuts': [
    [0.3, 'broken connection', reset],
    [0.3, 'cut answer', cutOff],
    [0.3, 'silence', silent],
  ],
  'storm of late pages': [],
} as const satisfies Record<string, Faults>;

export type Weather = keyof typeof WEATHERS;
export const STORMS = (Object.keys(WEATHERS) as Weather[]).filter((weather) => weather !== 'fair');

const SHORTEST_MS = 2;
const LONGEST_MS = 22;
/** Half of the late pages come after the gateway's timeout. */
const LATEST_MS = 1000;

/** An upstream that takes some milliseconds, returns different data to each caller, and sometimes fails. */
export type FaultyUpstream = {
  readonly url: string;
  /** How many calls it got. */
  readonly calls: () => number;
  /** How often each fault was injected. */
  readonly faults: Count;
  setWeather(weather: Weather): void;
  close(): Promise<void>;
};

/** @param world what visits of the oracle are answered with */
export async function startFaultyUpstream(truth: Truth, world: World, random: Random): Promise<FaultyUpstream> {
  const upstream = await startUpstream();
  const faults = newCount();
  let weather: Weather = 'fair';
  let calls = 0;
  upstream.reply((call, response) => {
    calls++;
    // The records of hours would fill the memory.
    upstream.calls.length = 0;
    const fault = pickFault(WEATHERS[weather], random());
    if (fault !== undefined) faults.add(fault[1]);
    const longestMs = weather === 'storm of late pages' ? LATEST_MS : LONGEST_MS;
    const page = isOfVisit(call.headers.authorization) ? world.reply : pageAt(call, truth);
    // The page is of the time of the call, and is late.
    return delayed(SHORTEST_MS + random() * longestMs, fault?.[2] ?? page)(call, response);
  });
  return {
    url: upstream.url,
    calls: () => calls,
    faults,
    setWeather(next) {
      weather = next;
    },
    close: () => upstream.close(),
  };
}

function pickFault(faults: Faults, at: number): Faults[number] | undefined {
  let below = 0;
  return faults.find(([share]) => {
    below += share;
    return at < below;
  });
}

/** The page of the customer's current version that only this caller may see. */
function pageAt({ headers, query }: RecordedCall, truth: Truth): Reply {
  const scope = [headers['data-scope'], headers['data-scope-org']].filter((part) => part !== undefined).join(':');
  const { identifierName: name = '', identifierValue: value = '' } = query;
  const asker = { authorization: headers.authorization ?? '', dataScope: scope, name, value };
  const list = listOf(asker, truth.version(value));
  const offset = Number(query.offset ?? 0);
  const page = pageBody(list.total, offset, Number(query.limit ?? 10), customerIdOf(value));
  const promotions = page.promotions.map((_, i) => ({
    promotionId: list.promotionId(offset + i),
    promotionName: list.promotionName(offset + i),
  }));
  return json({ ...page, promotions });
}
