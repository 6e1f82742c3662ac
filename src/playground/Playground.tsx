import { DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { HistoryStore } from '@graphiql/plugin-history';
import { GraphiQLProvider, Tooltip } from '@graphiql/react';
import { useMemo, useRef, useState } from 'react';
import { acceptedBy, type Credentials, headersOf } from './credentials/credentials.ts';
import { storeCredentials, storedCredentials } from './credentials/stored.ts';
import { FACTS } from './facts.ts';
import { presetsFor } from './presets/presets.ts';
import { createFetcher, INTROSPECTION } from './run/fetcher.ts';
import { linkedQuery } from './run/link.ts';
import { type Notice, noticeOnFailure, noticeOnResponse, noticeOnSchema, restingNotice } from './run/notices.ts';
import { type RunReport, reportOn, withoutDebug } from './run/report.ts';
import { type Session, SessionContext } from './session.ts';
import { EDITOR_THEME } from './shell/editorTheme.ts';
import { DOCS, PANELS } from './shell/panels.tsx';
import { Shell } from './shell/Shell.tsx';
import { firstVisit, storage } from './storage.ts';

const DEBUG_HEADER = 'x-gateway-debug';
const accepted = acceptedBy(FACTS);
const presets = [...presetsFor(FACTS)];

const linked = linkedQuery(window.location.search);
// From here on the tab holds the query, so that reloading the page shows the tab as it was left.
if (linked !== undefined) window.history.replaceState(null, '', window.location.pathname);

/** GraphiQL forgets the first tab's variables on a first visit, unless they are also the initial ones. */
const initial =
  linked !== undefined
    ? { initialQuery: linked.query, initialVariables: linked.variables }
    : firstVisit
      ? { initialVariables: presets[0]?.variables ?? '' }
      : {};

/** The header with which the gateway reports what a run cost; undefined if it does not report it. */
function debugValue({ debugToken }: Credentials): string | undefined {
  if (FACTS.debug === 'anyone') return 'cost';
  return FACTS.debug === 'token' && debugToken !== '' ? debugToken : undefined;
}

/** The playground. It sends queries to the address that served it. A notice about the schema stays until the schema is read. */
export function Playground() {
  const { session, fetcher } = usePlayground();
  return (
    <SessionContext value={session}>
      <Tooltip.Provider>
        <GraphiQLProvider
          fetcher={fetcher}
          storage={storage}
          plugins={PANELS}
          referencePlugin={DOCS}
          editorTheme={EDITOR_THEME}
          defaultTabs={linked === undefined ? presets : [linked, ...presets]}
          introspectionQueryName={INTROSPECTION}
          {...initial}
        >
          <HistoryStore>
            <DocExplorerStore>
              <Shell />
            </DocExplorerStore>
          </HistoryStore>
        </GraphiQLProvider>
      </Tooltip.Provider>
    </SessionContext>
  );
}

function usePlayground() {
  const [credentials, setCredentials] = useState(storedCredentials);
  const [report, setReport] = useState<RunReport>();
  const [onSchema, setOnSchema] = useState<Notice>();
  const [onRun, say] = useState<Notice>();
  const latest = useRef(credentials);
  latest.current = credentials;

  const fetcher = useMemo(
    () =>
      createFetcher({
        headers() {
          const debug = debugValue(latest.current);
          return { ...headersOf(latest.current, accepted), ...(debug !== undefined && { [DEBUG_HEADER]: debug }) };
        },
        onResponse(response, introspects, added) {
          if (introspects) {
            setOnSchema(noticeOnSchema(response.result, FACTS.introspection));
            return response.result;
          }
          setReport(reportOn(response));
          say(noticeOnResponse(response.result, FACTS.debug === 'token' && DEBUG_HEADER in added));
          return DEBUG_HEADER in added ? withoutDebug(response.result) : response.result;
        },
        onFailure(error, introspects) {
          if (introspects) return setOnSchema(noticeOnFailure(error));
          setReport(undefined);
          say(noticeOnFailure(error));
        },
      }),
    [],
  );
  const session: Session = {
    accepted,
    credentials,
    setCredentials(changed) {
      storeCredentials(changed);
      setCredentials(changed);
    },
    report,
    notice: onRun ?? onSchema ?? restingNotice(accepted, headersOf(credentials, accepted)),
    say,
    linked,
  };
  return { session, fetcher };
}
