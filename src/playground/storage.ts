import type { Storage } from '@graphiql/toolkit';
import { FACTS } from './facts.ts';

/**
 * Queries and variables are stored separately for each gateway and for what is behind it, so that the playground of a real
 * upstream does not open with the sandbox's queries. Headers are never stored, since they hold credentials.
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

/** Tabs and history are stored as JSON of objects with a member `headers`. */
function withoutHeaders(value: string): string {
  if (!value.includes('"headers"')) return value;
  try {
    return JSON.stringify(JSON.parse(value), (key, member) => (key === 'headers' ? null : member));
  } catch {
    return value;
  }
}

/** Whether this browser has stored nothing here yet. */
export const firstVisit = storage.getItem('graphiql:tabState') === null;
