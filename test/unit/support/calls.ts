import { emptyCacheStats } from '../../../src/cache/entry.ts';
import { Call, emptyCallStats, type Operation, type Page } from '../../../src/calls/call.ts';
import { CustomerIdentifier } from '../../../src/model/identifier.ts';
import { KeyedHash } from '../../../src/model/keyedHash.ts';
import { UNSET_DATA_SCOPE } from '../../../src/model/promotionsQuery.ts';
import type { Account, CredentialsIdentity, CredentialsSource } from '../../../src/upstream/credentials/credentials.ts';

/** What all policies are tested with: calls of any customer, credentials and caller, and pages that upstream could send. */

export const HASH = new KeyedHash(Buffer.alloc(32));
export const WINDOW = { offset: 0, limit: 10 };

export type Asked = {
  /** The customer; by default always the same one. */
  readonly of?: string;
  /** The credentials. */
  readonly by?: string;
  readonly caller?: string;
  readonly signal?: AbortSignal;
  readonly anew?: boolean;
};

/** Credentials that upstream accepts and that cannot be renewed. */
function credentialsNamed(name: string): CredentialsSource {
  return {
    identity: name as CredentialsIdentity,
    account: name as Account,
    areOwn: false,
    obtain: () => ({ kind: 'none' }),
    refused: () => 'account',
    accepted: () => {},
  };
}

export function operationOf({ by = 'me', caller = 'me', signal = NEVER, anew = false }: Asked = {}): Operation {
  return {
    credentials: credentialsNamed(by),
    caller,
    callerGroup: 'anonymous',
    requestId: '1',
    signal,
    anew,
    stats: emptyCallStats(),
    cacheStats: emptyCacheStats(),
    startCall: () => ({ traceId: undefined, headers: {}, end: () => {} }),
  };
}

const NEVER = new AbortController().signal;

export function callOf(asked: Asked = {}): Call {
  const query = {
    identifier: CustomerIdentifier.of('EXTERNAL_ID', asked.of ?? 'a customer'),
    source: 'ALL',
    dataScope: UNSET_DATA_SCOPE,
    status: null,
    includeAlternateCurrencyUsage: false,
  } as const;
  return new Call(HASH, query, WINDOW, operationOf(asked));
}

/** An empty page whose call begins now. */
export function emptyPage(): Page {
  return {
    content: { customerId: null, pageDetails: null, entries: [], warnings: [] },
    body: Buffer.alloc(0),
    beganAt: performance.now(),
    decidedAt: undefined,
  };
}
