import { type Credentials, NO_CREDENTIALS } from './credentials.ts';

/** Separate for each path, since one host may serve several gateways at different paths. */
const KEY = `promotions-credentials:${window.location.pathname}`;

/** The credentials entered before the page was reloaded. A new browser tab has none. */
export function storedCredentials(): Credentials {
  try {
    return { ...NO_CREDENTIALS, ...JSON.parse(window.sessionStorage.getItem(KEY) ?? '{}') };
  } catch {
    return NO_CREDENTIALS;
  }
}

/** Stores credentials until the browser tab is closed. */
export function storeCredentials(credentials: Credentials): void {
  if (credentials === NO_CREDENTIALS) window.sessionStorage.removeItem(KEY);
  else window.sessionStorage.setItem(KEY, JSON.stringify(credentials));
}
