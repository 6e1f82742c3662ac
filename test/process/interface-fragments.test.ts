import { expect } from 'vitest';
import { ask, customer } from '../support/gateway.ts';
import { dataOf } from '../support/questions.ts';
import { richPages } from '../support/richPages.ts';
import { test } from './support/fixture.ts';

// A program with two copies of graphql-js leaves such fields out in production, and fails elsewhere.
test.for(['production', 'development'])(
  'Fields that a fragment selects of an interface are in the response, with NODE_ENV=%s',
  async (NODE_ENV, { upstream, startGatewayProgram }) => {
    upstream.reply(richPages);
    const { url } = await startGatewayProgram({ NODE_ENV, UPSTREAM_URL: upstream.url });
    const restrictionsWith = async (selection: string, fragments = '') => {
      const items = `items { restrictions { issual { ${selection} } earn { ${selection} } redemption { ${selection} } } }`;
      const answer = await ask(url, `{ ${customer(`promotions(limit: 100) { ${items} }`)} } ${fragments}`);
      return dataOf(answer).customer.promotions.items;
    };
    const expected = await restrictionsWith('kpi maxLimit remaining');
    expect(JSON.stringify(expected)).toMatch(/"remaining":"\d/);
    expect(await restrictionsWith('kpi ... on Restriction { maxLimit remaining }')).toEqual(expected);
    expect(await restrictionsWith('...R', 'fragment R on Restriction { kpi maxLimit remaining }')).toEqual(expected);
  },
);
