import {
  formatShortcutForOS,
  KEY_MAP,
  PlayIcon,
  pick,
  StopIcon,
  useGraphiQL,
  useGraphiQLActions,
} from '@graphiql/react';

/** Runs the query, or stops it while it runs. If the document has several operations, a list beside the button chooses one. */
export function RunButton() {
  const { operations = [], isFetching } = useGraphiQL(pick('operations', 'isFetching'));
  const { run, stop } = useGraphiQLActions();
  const title = `Run (${formatShortcutForOS(KEY_MAP.runQuery.key, 'Cmd')})`;
  return (
    <>
      {isFetching ? (
        <button type="button" className="run" onClick={stop}>
          <StopIcon aria-hidden="true" /> Stop
        </button>
      ) : (
        <button type="button" className="run" title={title} onClick={run}>
          <PlayIcon aria-hidden="true" /> Run
        </button>
      )}
      {operations.length > 1 && <OperationChoice names={operations.flatMap(({ name }) => name?.value ?? [])} />}
    </>
  );
}

function OperationChoice({ names }: { readonly names: readonly string[] }) {
  const operationName = useGraphiQL((state) => state.operationName);
  const { setOperationName } = useGraphiQLActions();
  return (
    <select
      aria-label="Operation to run"
      value={operationName}
      onChange={({ target }) => setOperationName(target.value)}
    >
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
