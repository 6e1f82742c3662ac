import { browserStorage } from '../storage.ts';
import { type Credentials, NO_CREDENTIALS } from './credentials.ts';

/** Separate for each path, since one host may serve several gateways at different paths. */
const KEY = `promotions-credentials:${window.location.pathname}`;

const place = browserStorage('sessionStorage');
let kept = read(place?.getItem(KEY) ?? null);

function read(stored: string | null): Credentials {
  try {
    return stored === null ? NO_CREDENTIALS : { ...NO_CREDENTIALS, ...JSON.parse(stored) };
  } catch {
    return NO_CREDENTIALS;
  }
}

/** The credentials of this browser tab, also after a reload. A new browser tab has none. */
export const keptCredentials = () => kept;

/** Keeps credentials until the browser tab is closed. */
export function keepCredentials(credentials: Credentials): void {
  kept = credentials;
  if (credentials === NO_CREDENTIALS) place?.removeItem(KEY);
  else place?.setItem(KEY, JSON.stringify(credentials));
}
