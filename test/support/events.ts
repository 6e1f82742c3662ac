/** The token of senders of events in tests. */
export const EVENTS_TOKEN = 'a token that only the sender of events knows';

/** An event notification in the shape documented first. */
export function customerEvent(customerIdentifiers: object, eventName = 'pointsRedeemed'): object {
  const eventId = crypto.randomUUID();
  return {
    eventName,
    eventId,
    orgId: 1800,
    createdAt: 1619199042493,
    data: { source: 'INSTORE', customerIdentifiers },
  };
}

/** The same in the shape documented second. */
export function attributesEvent(customerIdentifiers: object, eventName = 'pointsRedeemed'): object {
  return {
    eventId: crypto.randomUUID(),
    eventType: `1800_${eventName}`,
    actionType: 'START',
    timeStamp: 1683874799984,
    attributes: {
      eventName,
      orgId: 1800,
      createdAt: 1683874799971,
      data: { source: 'instore', customerIdentifiers },
    },
  };
}

/** Posts an event to the gateway at `origin`. */
export function postEvent(origin: string, event: unknown, token = EVENTS_TOKEN): Promise<Response> {
  return fetch(`${origin}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-events-token': token },
    body: typeof event === 'string' ? event : JSON.stringify(event),
  });
}
