import { restrictionsOf } from './generatedRestrictions.ts';
import { ORGANISATIONS, pick, type SandboxPromotion } from './sandboxPromotion.ts';

const DAY_MS = 86_400_000;
const EVENTS = ['TransactionAdd', 'CustomerRegistration', 'TierUpgrade'];
const OFFER_TYPES = ['GENERIC', 'LOYALTY', 'LOYALTY_EARNING'] as const;
const FIRST_DAY = -60;

type OfferType = (typeof OFFER_TYPES)[number];

/** How far a customer has come with a promotion of the enrol and issue kinds. */
type Progress = 'not-enrolled' | 'enrolled' | 'issued';

/**
 * Promotion number `index` as it is on the UTC day of `now` (ms): all types, states, KPIs and spellings occur.
 * `history` gives customers different usage and enrolments. `alternateCurrency` adds what was earned in other
 * currencies to the customer's points, as upstream does.
 */
export function generatedPromotion(
  index: number,
  history: number,
  now: number,
  alternateCurrency: boolean,
): SandboxPromotion {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const day = (days: number) => new Date(today + days * DAY_MS).toISOString();
  const expired = index % 5 === 4;
  const lastDay = expired ? -1 - (index % 20) : 30 + (index % 60);
  const offerType = pick(OFFER_TYPES, index);
  const progress = progressOf(offerType, index);
  const [orgId] = ORGANISATIONS;
  return {
    states: expired ? new Set(['EXPIRED']) : statesOf(offerType, progress),
    body: {
      promotionId: 1_200_000 + index,
      ...wordingOf(index),
      programId: index % 4 === 1 ? '1147' : 1147,
      startDate: day(FIRST_DAY),
      endDate: day(lastDay),
      identifier:
        index % 10 === 3 ? `billslayer${index}` : `ed64e808-dc10-4784-a752-${index.toString(16).padStart(12, '0')}`,
      active: !expired,
      eventName: pick(EVENTS, index),
      ...(index % 4 === 0 && {
        promotionMetadata: [{ key: 'colour', value: pick(['red', 'gold', 'blue'], index), brandDefined: true }],
      }),
      limits: {
        maxPointsPerEvent: '100.000',
        pointsPerCustomer: index % 2 === 0 ? '1000' : 1000,
        numberOFTimesPerCustomer: index % 2 === 0 ? 5 : '5',
        totalPointsInPromotion: '-1',
      },
      customerUsage: {
        currentPointsPerCustomer: `${((index * 10 + history) % 500) + (alternateCurrency ? 25 : 0)}.000`,
        currentNumberOfTimesPerCustomer: (index + history) % 5,
        currentTotalPointsInPromotion: String(index * 100),
      },
      pointsOfferType: offerType,
      promotionRestriction: restrictionsOf(index, history),
      ...(offerType !== 'GENERIC' && {
        customerPromotionTimelines: timelines(index + history * 1000, progress, lastDay, day),
      }),
      [index % 2 === 0 ? 'orgId' : 'orgID']: index % 3 === 2 ? String(orgId) : orgId,
    },
  };
}

function wordingOf(index: number) {
  const { name, description } = pick(WORDING, index);
  const round = Math.floor(index / WORDING.length);
  return { promotionName: round === 0 ? name : `${name} (${round + 1})`, description };
}

/** A direct issue needs no enrolment: the customer counts as enrolled until it has been issued. */
function progressOf(offerType: OfferType, index: number): Progress {
  switch (offerType) {
    case 'GENERIC':
      return 'issued';
    case 'LOYALTY':
      return index % 4 === 1 ? 'enrolled' : 'issued';
    case 'LOYALTY_EARNING':
      return pick(['issued', 'not-enrolled', 'enrolled', 'not-enrolled'] as const, index);
  }
}

/** `promotionStatusForCustomer` of a running promotion, by the reference page's description of its values. */
function statesOf(offerType: OfferType, progress: Progress): ReadonlySet<string> {
  if (progress === 'not-enrolled') return new Set(['AVAILABLE_TO_ENROL']);
  const states = new Set<string>();
  if (offerType !== 'GENERIC') states.add('AVAILABLE_TO_EARN');
  if (progress === 'issued') states.add('AVAILABLE_TO_REDEEM');
  return states;
}

/** `customerPromotionTimelines`, none of it after the promotion's last day (both in days from today). */
function timelines(number: number, progress: Progress, lastDay: number, day: (days: number) => string): unknown[] {
  if (progress === 'not-enrolled') return [];
  const issual = {
    issualId: 7_000_000 + number,
    issualDate: day(FIRST_DAY + 20),
    issualExpiryDate: day(Math.min(20, lastDay)),
    issualEventLogId: 6_000_000 + number,
    redeemedCount: number % 3,
  };
  return [
    {
      enrollmentId: 9_000_000 + number,
      enrollmentDate: day(FIRST_DAY + 10),
      enrollmentExpiryDate: day(Math.min(40, lastDay)),
      enrollEventLogId: 8_000_000 + number,
      issuedDetails: progress === 'issued' ? [issual] : [],
    },
  ];
}

/** The names and descriptions of the generated promotions, used in turn. */
const WORDING: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'Double points on coffee', description: 'Twice the points on every bag of beans, ground or whole.' },
  { name: 'Your birthday treat', description: 'A little something from us in the month of your birthday.' },
  { name: 'Bakery club', description: 'Join, buy ten loaves, and the next one is on us.' },
  { name: 'Bring a friend', description: 'Points for both of you when a friend signs up in the shop.' },
  { name: 'Summer picnic', description: 'Extra points on baskets, blankets and anything to drink outdoors.' },
  { name: 'Green refill', description: 'Join and earn points for every jar you bring back to fill.' },
  { name: 'Weekend baskets', description: 'Points on every basket over 30 on Saturdays and Sundays.' },
  { name: 'Gold tier thank-you', description: 'For staying with us: bonus points on your next three visits.' },
  { name: 'Cheese passport', description: 'Collect a stamp for each region, and trade stamps for points.' },
  { name: 'Fresh flowers Friday', description: 'Points on bouquets, cut this morning, every Friday.' },
  { name: 'Spring cleaning', description: 'Points on soap, brushes and everything for a clean house.' },
  { name: 'Garden season', description: 'Join for points on seeds, soil and tools from March on.' },
];
