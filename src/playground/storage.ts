import type { Storage } from '@graphiql/toolkit';
import { FACTS } from './facts.ts';

/**
 * Queries and variables are kept for each gateway and for what is behind it: a real upstream's playground does not open
 * with the sandbox's queries. Headers are never kept, since they hold credentials.
 */
const PREFIX = `${window.location.pathname}:${FACTS.supergraph ? 'supergraph' : FACTS.upstream}:`;

const ownKeys = () => Object.keys(window.localStorage).filter((key) => key.startsWith(PREFIX));

export const storage: Storage = {
  getItem: (key) => window.localStorage.getItem(PREFIX + key),
  setItem: (key, value) => window.localStorage.setItem(PREFIX + key, withoutHeaders(value)),
  removeItem: (key) => window.localStorage.removeItem(PREFIX + key),
  clear: () => {
    for (const key of ownKeys()) window.localStorage.removeItem(key);
  },
  get length() {
    return ownKeys().length;
  },
};

/** Tabs and history are JSON of objects that have `headers` among their members. */
function withoutHeaders(value: string): string {
  if (!value.includes('"headers"')) return value;
  try {
    return JSON.stringify(JSON.parse(value), (key, member) => (key === 'headers' ? null : member));
  } catch {
    return value;
  }
}

/** Whether nothing was kept here yet. */
export const firstVisit = storage.getItem('graphiql:tabState') === null;
