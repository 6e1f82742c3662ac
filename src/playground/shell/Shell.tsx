import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { FACTS } from '../facts.ts';
import { useSession } from '../session.ts';
import { storage } from '../storage.ts';
import { NoticeLine } from './NoticeLine.tsx';
import { QueryPane } from './QueryPane.tsx';
import { QueryTabs } from './QueryTabs.tsx';
import { ResponsePane } from './ResponsePane.tsx';
import { SideBar } from './SideBar.tsx';
import { SidePanel } from './SidePanel.tsx';

type View = 'query' | 'response';

/**
 * The page: the buttons of the panels, the tabs, a panel, the query, the response, and a last line for notices. A phone
 * shows either the panel, the query or the response.
 */
export function Shell() {
  const visiblePlugin = useGraphiQL((state) => state.visiblePlugin);
  const { setVisiblePlugin } = useGraphiQLActions();
  const [view, setView] = useViewOfRun();
  useLinkedOperation();
  const panels = [...(visiblePlugin ? ['side'] : []), 'query', 'response'];
  const layout = useDefaultLayout({ id: 'columns', panelIds: panels, storage });
  const show = (chosen: View) => {
    setVisiblePlugin(null);
    setView(chosen);
  };
  return (
    <div className="graphiql-container playground" data-view={view}>
      <SideBar />
      <header className="top">
        <QueryTabs />
        <h1>
          Promotions gateway <span className="behind">{behind()}</span>
        </h1>
      </header>
      <main>
        <fieldset className="views" aria-label="What is shown">
          {(['query', 'response'] as const).map((each) => (
            <button key={each} type="button" aria-pressed={!visiblePlugin && each === view} onClick={() => show(each)}>
              {each === 'query' ? 'Query' : 'Response'}
            </button>
          ))}
        </fieldset>
        <Group className="columns" {...layout}>
          {visiblePlugin && (
            <>
              <Panel id="side" defaultSize="30%" minSize="220px" maxSize="60%">
                <SidePanel panel={visiblePlugin} />
              </Panel>
              <Separator className="separator" aria-label="Width of the panel" />
            </>
          )}
          <Panel id="query" minSize="200px">
            <QueryPane />
          </Panel>
          <Separator className="separator between" aria-label="Width of the query" />
          <Panel id="response" minSize="200px">
            <ResponsePane />
          </Panel>
        </Group>
      </main>
      <NoticeLine />
    </div>
  );
}

function behind(): string {
  if (FACTS.supergraph) return 'supergraph';
  return FACTS.upstream === 'sandbox' ? 'sandbox' : 'real upstream';
}

/** On a phone, a run switches to the response. */
function useViewOfRun() {
  const isFetching = useGraphiQL((state) => state.isFetching);
  const [view, setView] = useState<View>('query');
  useEffect(() => {
    if (isFetching) setView('response');
  }, [isFetching]);
  return [view, setView] as const;
}

/** Selects the operation that a link names, if its document has several. */
function useLinkedOperation(): void {
  const { linked } = useSession();
  const { queryEditor } = useGraphiQL(pick('queryEditor'));
  const { setOperationName } = useGraphiQLActions();
  useEffect(() => {
    if (queryEditor && linked?.operationName !== undefined) setOperationName(linked.operationName);
  }, [queryEditor, linked, setOperationName]);
}
