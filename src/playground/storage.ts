import { FACTS } from './facts.ts';

/** A browser's storage; undefined if the browser blocks it. */
export function browserStorage(name: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    return window[name];
  } catch {
    return undefined;
  }
}

/** Separate for each gateway and for what is behind it: a real upstream does not open with the sandbox's queries. */
const PREFIX = `${window.location.pathname}:${FACTS.supergraph ? 'supergraph' : FACTS.upstream}:`;

/** The browser tab's own comes first, so that two browser tabs do not overwrite each other's queries. */
const places = (['sessionStorage', 'localStorage'] as const).flatMap((name) => browserStorage(name) ?? []);

const keysIn = (place: Storage) => Object.keys(place).filter((key) => key.startsWith(PREFIX));

/** Where GraphiQL stores tabs, history and layout. It stores no headers, since they hold credentials. */
export const storage = {
  getItem: (key: string) => places.map((place) => place.getItem(PREFIX + key)).find((value) => value !== null) ?? null,
  setItem(key: string, value: string) {
    for (const place of places) place.setItem(PREFIX + key, withoutHeaders(value));
  },
  removeItem(key: string) {
    for (const place of places) place.removeItem(PREFIX + key);
  },
  clear() {
    for (const place of places) for (const key of keysIn(place)) place.removeItem(key);
  },
  get length() {
    return places.reduce((sum, place) => sum + keysIn(place).length, 0);
  },
};

/** Tabs and history are JSON of objects with a member `headers`, a string. */
const withoutHeaders = (value: string) => value.replace(/"headers":"(?:[^"\\]|\\.)*"/g, '"headers":null');

/** Whether this browser has stored nothing here yet. */
export const isFirstVisit = storage.getItem('graphiql:tabState') === null;
