import { explorerPlugin } from '@graphiql/plugin-explorer';
import {
  type GraphiQLPlugin,
  pick,
  ToolbarButton,
  UnStyledButton,
  useGraphiQL,
  useGraphiQLActions,
} from '@graphiql/react';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { useEffect, useState } from 'react';
import { CredentialsPanel, needsCredentials } from './credentials/CredentialsPanel.tsx';
import { NO_CREDENTIALS } from './credentials/credentials.ts';
import { keptCredentials } from './credentials/kept.ts';
import { FACTS } from './facts.ts';
import { KeyIcon, LinkIcon, ListIcon } from './icons.tsx';
import { ExamplesPanel, isPhone, useOpenQuery } from './presets/ExamplesPanel.tsx';
import { presetsFor } from './presets/presets.ts';
import { createFetcher } from './run/fetcher.ts';
import { linkedQuery, linkTo } from './run/link.ts';
import type { RunReport } from './run/report.ts';
import { isFirstVisit, storage } from './storage.ts';

const CREDENTIALS: GraphiQLPlugin = { title: 'Credentials', icon: KeyIcon, content: CredentialsPanel };
const EXAMPLES: GraphiQLPlugin = { title: 'Examples', icon: ListIcon, content: ExamplesPanel };
const PLUGINS = [EXAMPLES, CREDENTIALS, explorerPlugin(), HISTORY_PLUGIN];

const asksForCredentials = needsCredentials && keptCredentials() === NO_CREDENTIALS;
/** A phone has no place for the examples. */
const FIRST_PANEL = asksForCredentials ? CREDENTIALS : isFirstVisit && !isPhone() && EXAMPLES;

/** The playground: GraphiQL with panels for examples and credentials, links to queries, and the report on each run. */
export function Playground() {
  const [report, setReport] = useState<RunReport>();
  const [notice, say] = useState('');
  const [fetcher] = useState(() =>
    createFetcher((report) => {
      setReport(report);
      say('');
    }),
  );
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={PLUGINS}
      {...(FIRST_PANEL && { visiblePlugin: FIRST_PANEL })}
      defaultQuery=""
      defaultEditorToolsVisibility
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <h1>
          Promotions gateway <span>{FACTS.supergraph ? 'supergraph' : FACTS.upstream}</span>
        </h1>
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => [prettify, merge, copy, <CopyLinkButton key="link" say={say} />]}
      </GraphiQL.Toolbar>
      <GraphiQL.Footer>
        <RunSummary report={report} notice={notice} />
      </GraphiQL.Footer>
      <FirstQuery />
    </GraphiQL>
  );
}

/** Opens the query of the page's address, also if that changes. A page without any query opens the first example. */
function FirstQuery() {
  const openQuery = useOpenQuery();
  const { queryEditor, variableEditor } = useGraphiQL(pick('queryEditor', 'variableEditor'));
  const isEmpty = useGraphiQL(({ tabs }) => tabs.length === 1 && !tabs[0]?.query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as soon as there are editors
  useEffect(() => {
    if (!openQuery) return;
    queryEditor?.updateOptions({ wordWrap: 'on' });
    const openLinked = () => {
      const linked = linkedQuery(window.location.hash);
      // The tab now holds the query, so that reloading the page shows the tab as it was left.
      if (linked) window.history.replaceState(null, '', window.location.pathname);
      if (linked) openQuery(linked);
      return linked;
    };
    const [first] = presetsFor(FACTS);
    if (!openLinked() && isEmpty && first) openQuery(first);
    window.addEventListener('hashchange', openLinked);
    return () => window.removeEventListener('hashchange', openLinked);
  }, [queryEditor, variableEditor]);
  return null;
}

/** Copies a link to the query. If the page is not allowed to copy, the address bar shows the link. */
function CopyLinkButton({ say }: { say: (notice: string) => void }) {
  const { queryEditor, variableEditor } = useGraphiQL(pick('queryEditor', 'variableEditor'));
  const copy = async () => {
    const query = queryEditor?.getValue() ?? '';
    const link = linkTo(window.location.href, { query, variables: variableEditor?.getValue() ?? '' });
    try {
      await navigator.clipboard.writeText(link);
      say('Link copied, without credentials');
    } catch {
      window.history.replaceState(null, '', link);
      say('The link is in the address bar, without credentials');
    }
  };
  return (
    <ToolbarButton label="Copy link" onClick={copy}>
      <LinkIcon className="graphiql-toolbar-icon" />
    </ToolbarButton>
  );
}

/** The report on the latest run of the open tab, below its response, and a notice. */
function RunSummary({ report, notice }: { report: RunReport | undefined; notice: string }) {
  const { tabs, activeTabIndex, isFetching } = useGraphiQL(pick('tabs', 'activeTabIndex', 'isFetching'));
  const { setVisiblePlugin } = useGraphiQLActions();
  const tab = tabs[activeTabIndex]?.id ?? '';
  const [reports, setReports] = useState<ReadonlyMap<string, RunReport | undefined>>(new Map());
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new report belongs to the tab that is open when it comes
  useEffect(() => setReports((known) => new Map(known).set(tab, report)), [report]);
  const shown = isFetching ? undefined : reports.get(tab);
  return (
    <p className="run-summary" role="status">
      {shown && <span data-failed={shown.failed}>{shown.outcome}</span>}
      {!shown && (isFetching ? 'Running…' : 'The response appears here.')}
      {[...(shown?.details ?? []), notice].map((detail) => (
        <span key={detail}>{detail}</span>
      ))}
      {shown?.unauthenticated && (
        <UnStyledButton onClick={() => setVisiblePlugin(CREDENTIALS)}>Enter valid credentials</UnStyledButton>
      )}
    </p>
  );
}
