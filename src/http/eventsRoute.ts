import type { FastifyInstance } from 'fastify';
import { changedCustomer, EXPECTED_EVENT } from '../model/customerEvent.ts';
import { GatewayError } from '../model/errors.ts';
import type { CustomerIdentifier } from '../model/identifier.ts';
import type { Secret } from '../model/redacted.ts';
import { acceptJson } from './jsonBodies.ts';
import { refuseOtherMethods, requestErrorOf } from './requestErrors.ts';

const EVENTS = '/events';
const TOKEN_HEADER = 'x-events-token';
/** Documented events are smaller than 2 KB. */
const MAX_EVENT_BYTES = 65_536;

/** The outcome of a request to /events. */
export type EventOutcome = 'accepted' | 'no_customer' | 'not_shared' | 'unauthenticated' | 'invalid';

export type EventsOptions = {
  /** What the `x-events-token` header must hold. */
  readonly token: Secret;
  /** Invalidates the customer's cache entries. False if the event may not have reached the other instances. */
  readonly customerChanged: (customerId: CustomerIdentifier) => Promise<boolean>;
  readonly onEvent: (outcome: EventOutcome, requestId: string) => void;
};

/**
 * POST /events accepts Capillary's event notifications. The response is 202 as soon as no older data of the customer is
 * served, which takes a millisecond or two. The sender has a short timeout.
 * @param scope whose only route this is
 * @param cors whether CORS is on
 */
export function serveEvents(
  scope: FastifyInstance,
  { token, customerChanged, onEvent }: EventsOptions,
  cors: boolean,
): void {
  const { unpackBody, parseBody } = acceptJson(scope);
  scope.route({
    method: 'POST',
    url: EVENTS,
    bodyLimit: MAX_EVENT_BYTES,
    config: { bodyHint: EXPECTED_EVENT },
    // Before the body is read.
    onRequest: async ({ headers }) => {
      const given = headers[TOKEN_HEADER];
      if (typeof given !== 'string' || !token.matches(given)) {
        throw new GatewayError('UNAUTHENTICATED', {
          message: `Missing or invalid event token. Send it in the ${TOKEN_HEADER} header.`,
        });
      }
    },
    preHandler: [unpackBody, parseBody],
    onError: async (request, _reply, error) => {
      const code = requestErrorOf(error, request)?.code;
      if (code === 'EVENT_NOT_SHARED') onEvent('not_shared', request.id);
      else if (code !== undefined) onEvent(code === 'UNAUTHENTICATED' ? 'unauthenticated' : 'invalid', request.id);
    },
    handler: async ({ body, id }, reply) => {
      const customerId = changedCustomer(body);
      if (customerId !== undefined && !(await customerChanged(customerId))) throw new GatewayError('EVENT_NOT_SHARED');
      onEvent(customerId === undefined ? 'no_customer' : 'accepted', id);
      return reply.code(202).send({ status: 'accepted' });
    },
  });
  refuseOtherMethods(scope, EVENTS, ['POST'], cors);
}
