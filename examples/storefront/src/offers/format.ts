/** The reader's language, as set in the browser. */
const LOCALES = navigator.languages;
const NUMBER = new Intl.NumberFormat(LOCALES);
/** Upstream's days are in UTC. In another time zone, a date could be a day earlier. */
const DATE = new Intl.DateTimeFormat(LOCALES, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const DAY_MS = 86_400_000;
const SOON_DAYS = 7;

/** A Decimal of the API for people, exact: "1200.500" is "1,200.5" in English. */
export function formatDecimal(decimal: string): string {
  return NUMBER.format(decimal as Intl.StringNumericLiteral);
}

/** A whole number for people: 1250 is "1,250" in English. */
export function formatCount(count: number): string {
  return NUMBER.format(count);
}

/** A DateTime of the API as a day: "29 Sept 2024" in British English. */
export function formatDay(dateTime: string): string {
  return DATE.format(new Date(dateTime));
}

export type Validity = { readonly kind: 'coming' | 'running' | 'soon' | 'over'; readonly text: string };

/** Whether an offer is coming, running or over at `now` (epoch milliseconds). Either date may be unknown. */
export function validityOf(startDate: string | null, endDate: string | null, now: number): Validity {
  if (endDate !== null && Date.parse(endDate) < now) return { kind: 'over', text: `Ended ${formatDay(endDate)}` };
  if (startDate !== null && Date.parse(startDate) > now) {
    return { kind: 'coming', text: `Starts ${formatDay(startDate)}` };
  }
  if (endDate === null) return { kind: 'running', text: 'No end date' };
  const days = Math.ceil((Date.parse(endDate) - now) / DAY_MS);
  if (days <= SOON_DAYS) return { kind: 'soon', text: days <= 1 ? 'Last day' : `${days} days left` };
  return { kind: 'running', text: `Until ${formatDay(endDate)}` };
}
