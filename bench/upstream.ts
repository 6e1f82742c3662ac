import { startUpstream } from '../test/support/upstream.ts';

/** The benchmark's upstream. It returns pages of realistic promotions and counts the calls. */
let calls = 0;
const bodies = new Map<number, string>();

function promotion(index: number) {
  const limit = { limitOn: 'CUSTOMER', currentCustomerUsage: '10.000' };
  return {
    promotionId: 1122938 + index,
    promotionName: `Promotion ${index}`,
    programId: 1147,
    startDate: '2024-08-30T00:00:00.000Z',
    endDate: '2024-09-29T23:59:59.000Z',
    identifier: `ed64e808-dc10-4784-a752-${String(index).padStart(12, '0')}`,
    description: `Award ${50 + index}`,
    active: index % 4 !== 3,
    eventName: 'TransactionAdd',
    limits: {
      maxPointsPerEvent: '0',
      pointsPerCustomer: '0',
      numberOFTimesPerCustomer: 0,
      totalPointsInPromotion: '0',
    },
    customerUsage: {
      currentPointsPerCustomer: '50.000',
      currentNumberOfTimesPerCustomer: 1,
      currentTotalPointsInPromotion: '0',
    },
    pointsOfferType: 'GENERIC',
    promotionRestriction: {
      issualRestrictions: [{ kpi: 'NUMBER_OF_ISSUALS', maxLimit: '10', ...limit }],
      earnRestrictions: [],
      redemptionRestrictions: [{ kpi: 'NUMBER_OF_POINTS', maxLimit: '100', type: 'NON_PERIOD_BASED', ...limit }],
    },
    orgId: 50405,
  };
}

/** A page without the customer's id, which is inserted after the opening brace. */
function bodyOf(limit: number): string {
  let body = bodies.get(limit);
  if (body === undefined) {
    body = JSON.stringify({
      pageDetails: { pageNumber: 0, pageSize: limit, totalEntries: limit, pageCount: 1 },
      promotions: Array.from({ length: limit }, (_, index) => promotion(index)),
      warnings: [],
    }).slice(1);
    bodies.set(limit, body);
  }
  return body;
}

const upstream = await startUpstream(Number(process.env.PORT));
upstream.reply(({ path, query }, response) => {
  // Only their number is of interest, and millions are made.
  upstream.calls.length = 0;
  if (path === '/calls') {
    response.end(String(calls));
    return;
  }
  calls++;
  const customerId = Number((query.identifierValue ?? '').slice(-9));
  response.setHeader('content-type', 'application/json');
  response.end(`{"customerId":${customerId},${bodyOf(Number(query.limit ?? 10))}`);
});
