/** The page is in English, so its numbers and dates are too, as the reader's own English writes them. */
const LOCALES = [...navigator.languages.filter((language) => /^en\b/.test(language)), 'en-GB'];
const NUMBER = new Intl.NumberFormat(LOCALES);
const COMPACT = new Intl.NumberFormat(LOCALES, { notation: 'compact' });
/** "its name, its limits and its end" */
export const LIST = new Intl.ListFormat(LOCALES);
/** Upstream's days are in UTC. In another time zone, a date could be a day earlier. */
const DAY = new Intl.DateTimeFormat(LOCALES, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const DAY_AND_YEAR = new Intl.DateTimeFormat(LOCALES, { dateStyle: 'medium', timeZone: 'UTC' });
const DAY_MS = 86_400_000;
const SOON_DAYS = 7;

/** A Decimal of the API, or a count, for people, exact: "1200.500" is "1,200.5". */
export function formatNumber(number: string | number): string {
  return NUMBER.format(number as Intl.StringNumericLiteral);
}

/** A number for a narrow place: from a million on it is rounded, such as "12M". */
export function formatBriefly(number: number): string {
  return (number < 1_000_000 ? NUMBER : COMPACT).format(number);
}

/** A DateTime of the API as a day: "29 Sept", or "29 Sept 2024" if that is not the year of `now` (epoch milliseconds). */
export function formatDay(dateTime: string, now: number): string {
  const date = new Date(dateTime);
  return (date.getUTCFullYear() === new Date(now).getUTCFullYear() ? DAY : DAY_AND_YEAR).format(date);
}

export type Validity = { readonly kind: 'coming' | 'running' | 'soon' | 'over'; readonly text: string };

/** Whether an offer is coming, running or over at `now` (epoch milliseconds). Either date may be unknown. */
export function validityOf(startDate: string | null, endDate: string | null, now: number): Validity {
  const [start, end] = [Date.parse(startDate ?? ''), Date.parse(endDate ?? '')];
  if (end < now) return { kind: 'over', text: `Ended ${formatDay(endDate ?? '', now)}` };
  const until = endDate === null ? 'No end date' : `Until ${formatDay(endDate, now)}`;
  if (start > now) return { kind: 'coming', text: until };
  const days = Math.floor(end / DAY_MS) - Math.floor(now / DAY_MS);
  if (days <= SOON_DAYS)
    return { kind: 'soon', text: days === 0 ? 'Last day' : `${days} day${days === 1 ? '' : 's'} left` };
  return { kind: 'running', text: until };
}
