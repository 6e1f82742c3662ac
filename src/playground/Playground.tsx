import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createGraphiQLFetcher, type Fetcher, type FetcherParams, fetcherReturnToPromise } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import type { ExecutionResult } from 'graphql';
import { useMemo, useState } from 'react';
import { type Notice, noticeOnAnswer, noticeOnFailure, noticeOnSchema } from './notices.ts';
import { TABS } from './tabs.ts';

const INTROSPECTION = 'IntrospectionQuery';

const plugins = [HISTORY_PLUGIN, explorerPlugin()];

/** GraphiQL forgets the first tab's variables on a first visit, unless they are also the initial ones. */
const firstVisit = window.localStorage.getItem('graphiql:tabState') === null;
const initial = firstVisit ? { initialVariables: TABS[0]?.variables ?? '' } : {};

const ask = createGraphiQLFetcher({ url: window.location.pathname, enableIncrementalDelivery: false });

/** The playground, asking the address that served it. A notice about the schema stays until the schema is read. */
export function Playground() {
  const [onSchema, setOnSchema] = useState<Notice>();
  const [onAnswer, setOnAnswer] = useState<Notice>();
  const fetcher = useMemo<Fetcher>(
    () => async (params, options) => {
      const introspects = params.operationName === INTROSPECTION;
      const setNotice = introspects ? setOnSchema : setOnAnswer;
      try {
        const answer = (await fetcherReturnToPromise(ask(withItsOwnName(params), options))) as ExecutionResult;
        setNotice(introspects ? noticeOnSchema(answer) : noticeOnAnswer(answer));
        return answer;
      } catch (error) {
        setNotice(noticeOnFailure(error));
        throw error;
      }
    },
    [],
  );
  const notice = onAnswer ?? onSchema;
  return (
    <>
      <div role="status" className="notice" hidden={notice === undefined}>
        {notice}
      </div>
      <GraphiQL
        fetcher={fetcher}
        plugins={plugins}
        defaultTabs={TABS}
        {...initial}
        introspectionQueryName={INTROSPECTION}
        defaultEditorToolsVisibility="variables"
      >
        <GraphiQL.Logo>Promotions gateway</GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

/** Until the schema is read, GraphiQL sends the name of the operation it opened with, whichever tab is run. */
function withItsOwnName({ operationName, ...params }: FetcherParams): FetcherParams {
  const named = operationName != null && new RegExp(`\\bquery\\s+${operationName}\\b`).test(params.query);
  return named ? { ...params, operationName } : params;
}
