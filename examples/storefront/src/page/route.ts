import { useEffect, useSyncExternalStore } from 'react';

const SHOP = 'Fernhill Members';

/**
 * The query parameters of the page's address. Only they decide what the page shows, so that Back, Forward, reload and
 * bookmarks work.
 */
export function useParameters(): URLSearchParams {
  const search = useSyncExternalStore(onNavigation, () => window.location.search);
  return new URLSearchParams(search);
}

/** Opens a view of this page. Parameters without a value are left out of its address. */
export function go(parameters: Readonly<Record<string, string | undefined>>): void {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(given).toString();
  history.pushState(null, '', search === '' ? window.location.pathname : `?${search}`);
  // The browser fires it for Back and Forward only.
  window.dispatchEvent(new PopStateEvent('popstate'));
}

function onNavigation(changed: () => void): () => void {
  window.addEventListener('popstate', changed);
  return () => window.removeEventListener('popstate', changed);
}

/** Names the view in the browser's tab and history. */
export function useTitle(view: string): void {
  useEffect(() => {
    document.title = `${view} · ${SHOP}`;
  }, [view]);
}
