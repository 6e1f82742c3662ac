import type { FastifyRequest } from 'fastify';
import type { Caller } from '../model/caller.ts';
import type { OperationRecord } from '../telemetry/operationRecord.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined until the request is authenticated, and outside /graphql. */
    caller: Caller | undefined;
    record: OperationRecord;
  }
}

/**
 * The caller of an authenticated request.
 * @throws Error if the request was not authenticated: nothing may be read for it
 */
export function callerOf({ caller }: Pick<FastifyRequest, 'caller'>): Caller {
  if (caller === undefined) throw new Error('The request was not authenticated.');
  return caller;
}

/** A JSON body that is not parsed yet: a request that gets a cached response is only compared with earlier ones. */
export class UnparsedBody {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
