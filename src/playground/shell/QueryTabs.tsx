import { CloseIcon, PlusIcon, pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

const UNTITLED = '<untitled>';

/** The tabs, each a query. The row scrolls to the one that is open, and the button for a new one is always in reach. */
export function QueryTabs() {
  const { tabs, activeTabIndex } = useGraphiQL(pick('tabs', 'activeTabIndex'));
  const { addTab, changeTab, closeTab } = useGraphiQLActions();
  const active = useRef<HTMLLIElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: to scroll when another tab is open, or the number of tabs changed
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
