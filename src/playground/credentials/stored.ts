import { type Credentials, NO_CREDENTIALS } from './credentials.ts';

/** In this browser tab, and for each gateway that one host serves under a path of its own. */
const KEY = `promotions-credentials:${window.location.pathname}`;

/** The credentials typed before the page was loaded again; none in a new browser tab. */
export function storedCredentials(): Credentials {
  try {
    return { ...NO_CREDENTIALS, ...JSON.parse(window.sessionStorage.getItem(KEY) ?? '{}') };
  } catch {
    return NO_CREDENTIALS;
  }
}

/** Keeps credentials until the browser tab is closed. */
export function storeCredentials(credentials: Credentials): void {
  if (credentials === NO_CREDENTIALS) window.sessionStorage.removeItem(KEY);
  else window.sessionStorage.setItem(KEY, JSON.stringify(credentials));
}
