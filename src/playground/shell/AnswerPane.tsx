import { pick, ResponseEditor, Spinner, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useState } from 'react';
import type { RunReport } from '../run/report.ts';
import { useSession } from '../session.ts';
import { CREDENTIALS } from './panels.tsx';

/** The answer, and above it what the run took. */
export function AnswerPane() {
  const isFetching = useGraphiQL((state) => state.isFetching);
  return (
    <section aria-label="Answer" className="pane answer">
      <div className="pane-head">
        <RunSummary />
      </div>
      <div className="answer-body">
        {isFetching && <Spinner />}
        <ResponseEditor />
      </div>
    </section>
  );
}

function RunSummary() {
  const isFetching = useGraphiQL((state) => state.isFetching);
  const report = useReportOfTab();
  const { taken, credentials } = useSession();
  const { setVisiblePlugin } = useGraphiQLActions();
  if (isFetching) return <p className="summary">Running…</p>;
  if (report === undefined) return <p className="summary">The answer comes here.</p>;
  const { failed, status, time, size, cost } = report;
  return (
    <p className="summary" aria-live="polite">
      <span className={failed ? 'failed' : 'succeeded'}>{status}</span>
      {[time, size, ...cost].map((part) => (
        <span key={part}>{part}</span>
      ))}
      {taken.debugToken && credentials.debugToken === '' && (
        <button type="button" onClick={() => setVisiblePlugin(CREDENTIALS)}>
          A debug token shows what it cost
        </button>
      )}
    </p>
  );
}

/** Each tab shows the answer to its own latest run, so the report stays with the tab that was run. */
function useReportOfTab(): RunReport | undefined {
  const { report } = useSession();
  const { tabs, activeTabIndex } = useGraphiQL(pick('tabs', 'activeTabIndex'));
  const tab = tabs[activeTabIndex]?.id ?? '';
  const [reports, setReports] = useState<ReadonlyMap<string, RunReport | undefined>>(new Map());
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new report is one of the tab that is open
  useEffect(() => setReports((known) => new Map(known).set(tab, report)), [report]);
  return reports.get(tab);
}
