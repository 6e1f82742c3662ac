const NOT_OURS = 'it holds a value that the gateway did not write';

/** What the words in Redis's own errors mean. A script's error has other words before it. */
const REPLIES: Readonly<Record<string, string>> = {
  OOM: 'it is full and refuses writes (OOM)',
  READONLY: 'it is a replica and refuses writes (READONLY)',
  NOAUTH: 'it requires a password (NOAUTH)',
  WRONGPASS: 'it refuses the user or the password (WRONGPASS)',
  NOPERM: 'its user lacks a permission (NOPERM)',
  CLUSTERDOWN: 'the cluster does not serve all keys (CLUSTERDOWN)',
  LOADING: 'it is still loading its data (LOADING)',
  MASTERDOWN: 'the master is down (MASTERDOWN)',
  MISCONF: 'it cannot save its data and refuses writes (MISCONF)',
  NOREPLICAS: 'it has too few replicas and refuses writes (NOREPLICAS)',
  FOREIGN: NOT_OURS,
  WRONGTYPE: NOT_OURS,
  MOVED: 'it is a cluster: set a redis+cluster URL (MOVED)',
  CROSSSLOT: 'the keys of a command are on several nodes (CROSSSLOT)',
};

const MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/late|timed out|timeout/i, 'it does not answer in time'],
  [
    /isn't writeable|isn't ready|connection is closed|max retries per request|not ready|none of startup nodes|slots cache/i,
    'there is no connection',
  ],
  [/sentinels? (are|is) unreachable/i, 'no Sentinel knows a master'],
  [/not an integer/i, NOT_OURS],
  [/select is not allowed in cluster mode/i, 'it is a cluster: set a redis+cluster URL'],
  [/cluster support disabled/i, 'it is not a cluster: set a redis URL'],
  [/db index is out of range/i, 'it has no database of the number in REDIS_URL'],
  [/protocol error|resp type/i, 'what answers is no Redis'],
];

/** Why Redis could not be used, in a few words without an address or a value. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  // A cluster's client only says that it found no node. Why, the error of the last one says.
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return reasonOf(error.lastNodeError);
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^[A-Z][A-Z\d_/]+$/.test(code)) return code;
  const reply = Object.entries(REPLIES).find(([name]) => error.message.includes(`${name} `))?.[1];
  return reply ?? MESSAGES.find(([pattern]) => pattern.test(error.message))?.[1] ?? error.name;
}
