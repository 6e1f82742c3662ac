import { pick, ResponseEditor, Spinner, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useState } from 'react';
import type { RunReport } from '../run/report.ts';
import { useSession } from '../session.ts';
import { CREDENTIALS } from './panels.tsx';

/** The response, and above it the time, size and cost of the run. */
export function ResponsePane() {
  const isFetching = useGraphiQL((state) => state.isFetching);
  return (
    <section aria-label="Response" className="pane response">
      <div className="pane-head">
        <RunSummary />
      </div>
      <div className="response-body">
        {isFetching && <Spinner />}
        <ResponseEditor />
      </div>
    </section>
  );
}

function RunSummary() {
  const isFetching = useGraphiQL((state) => state.isFetching);
  const report = useReportOfTab();
  const { accepted, credentials } = useSession();
  const { setVisiblePlugin } = useGraphiQLActions();
  if (isFetching) return <p className="summary">Running…</p>;
  if (report === undefined) return <p className="summary">The response appears here.</p>;
  const { failed, status, time, size, cost } = report;
  return (
    <p className="summary" aria-live="polite">
      <span className={failed ? 'failed' : 'succeeded'}>{status}</span>
      {[time, size, ...cost].map((part) => (
        <span key={part}>{part}</span>
      ))}
      {accepted.debugToken && credentials.debugToken === '' && (
        <button type="button" onClick={() => setVisiblePlugin(CREDENTIALS)}>
          Add a debug token to see the cost
        </button>
      )}
    </p>
  );
}

/** Each tab shows the response to its own latest run, so each tab keeps its own report. */
function useReportOfTab(): RunReport | undefined {
  const { report } = useSession();
  const { tabs, activeTabIndex } = useGraphiQL(pick('tabs', 'activeTabIndex'));
  const tab = tabs[activeTabIndex]?.id ?? '';
  const [reports, setReports] = useState<ReadonlyMap<string, RunReport | undefined>>(new Map());
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new report belongs to the open tab
  useEffect(() => setReports((known) => new Map(known).set(tab, report)), [report]);
  return reports.get(tab);
}
