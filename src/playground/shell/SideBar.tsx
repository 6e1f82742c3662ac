import { pick, ReloadIcon, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { PANELS } from './panels.tsx';

/** The buttons of the side panels, and the one that reads the schema again. */
export function SideBar() {
  const { visiblePlugin, isIntrospecting } = useGraphiQL(pick('visiblePlugin', 'isIntrospecting'));
  const { setVisiblePlugin, introspect } = useGraphiQLActions();
  return (
    <nav aria-label="Panels" className="side-bar">
      {PANELS.map((panel) => {
        const isOpen = panel === visiblePlugin;
        return (
          <button
            key={panel.title}
            type="button"
            aria-pressed={isOpen}
            onClick={() => setVisiblePlugin(isOpen ? null : panel)}
          >
            <span className="icon" aria-hidden="true">
              <panel.icon />
            </span>
            {panel.title}
          </button>
        );
      })}
      <button type="button" disabled={isIntrospecting} title="Re-fetch schema (Shift-Ctrl-R)" onClick={introspect}>
        <ReloadIcon className={isIntrospecting ? 'spinning' : ''} aria-hidden="true" />
        Re-fetch
      </button>
    </nav>
  );
}
