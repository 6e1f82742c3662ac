import { CloseIcon, PlusIcon, pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

const UNTITLED = '<untitled>';

/** The tabs, one for each query. The row scrolls to the open tab, and the button for a new tab is always visible. */
export function QueryTabs() {
  const { tabs, activeTabIndex } = useGraphiQL(pick('tabs', 'activeTabIndex'));
  const { addTab, changeTab, closeTab } = useGraphiQLActions();
  const active = useRef<HTMLLIElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when another tab is opened or the number of tabs changes
  useEffect(() => {
    active.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [activeTabIndex, tabs.length]);
  return (
    <nav aria-label="Queries" className="tabs">
      <ul>
        {tabs.map(({ id, title }, index) => {
          const name = title === UNTITLED ? 'New query' : title;
          const isActive = index === activeTabIndex;
          return (
            <li key={id} ref={isActive ? active : undefined} data-active={isActive}>
              <button type="button" aria-current={isActive} title={name} onClick={() => changeTab(index)}>
                {name}
              </button>
              {tabs.length > 1 && (
                <button type="button" className="close" aria-label={`Close ${name}`} onClick={() => closeTab(index)}>
                  <CloseIcon aria-hidden="true" />
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <button type="button" className="add" aria-label="New tab" title="New tab" onClick={addTab}>
        <PlusIcon aria-hidden="true" />
      </button>
    </nav>
  );
}
