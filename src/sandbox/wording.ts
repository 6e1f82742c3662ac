/** Names of the sandbox's promotions, in turn. */
export const WORDING: readonly { readonly name: string; readonly description: string }[] = [
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
