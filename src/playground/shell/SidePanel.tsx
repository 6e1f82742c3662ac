import type { GraphiQLPlugin } from '@graphiql/react';
import { useEffect, useRef } from 'react';

/** A panel beside the query. */
export function SidePanel({ panel }: { readonly panel: GraphiQLPlugin }) {
  const aside = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = aside.current;
    if (element === null) return;
    nameControls(element);
    const observer = new MutationObserver(() => nameControls(element));
    observer.observe(element, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);
  const Content = panel.content;
  return (
    <aside ref={aside} aria-label={panel.title} className="side-panel">
      <Content />
    </aside>
  );
}

/** Gives accessible names to controls of GraphiQL's own panels that have none, or one that differs from their text. */
function nameControls(panel: HTMLElement): void {
  for (const label of panel.querySelectorAll('.graphiql-history-item-label')) label.removeAttribute('aria-label');
  for (const control of panel.querySelectorAll('input:not([type]), input[type=text], select')) {
    if (control.hasAttribute('aria-label') || control.hasAttribute('id')) continue;
    const argument = control.closest('[data-arg-name]')?.getAttribute('data-arg-name');
    control.setAttribute('aria-label', argument ?? control.getAttribute('placeholder') ?? 'Operation');
  }
}
