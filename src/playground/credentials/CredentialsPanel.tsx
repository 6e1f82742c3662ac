import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useId, useRef } from 'react';
import { FACTS } from '../facts.ts';
import { useSession } from '../session.ts';
import { type Credentials, NO_CREDENTIALS, takesOrganisations } from './credentials.ts';
import { TextField } from './TextField.tsx';

/** The credentials of all tabs: it offers those that this gateway takes. */
export function CredentialsPanel() {
  const { taken, credentials, setCredentials } = useSession();
  const { setVisiblePlugin } = useGraphiQLActions();
  const readSchema = useSchemaRetry(credentials);
  const scopeId = useId();
  const change = (part: Partial<Credentials>) => setCredentials({ ...credentials, ...part });
  const field = (name: keyof Credentials) => ({
    value: credentials[name],
    onChange: (value: string) => change({ [name]: value }),
  });
  const upstream = taken.userAndPassword || taken.oauthToken;
  const asksForNone = !upstream && !taken.bearerToken && !taken.apiKey;
  return (
    <form
      className="form"
      autoComplete="off"
      onBlur={readSchema}
      onSubmit={(event) => {
        event.preventDefault();
        readSchema();
        setVisiblePlugin(null);
      }}
    >
      <h2>Credentials</h2>
      <p>
        Sent with every run, in all tabs. Kept in this browser tab until it is closed; a link to a query holds none of
        it.
      </p>
      {asksForNone && <p className="none-needed">{noneNeeded()}</p>}
      {(taken.bearerToken || taken.apiKey) && (
        <fieldset>
          <legend>Who calls the gateway</legend>
          {taken.bearerToken && (
            <TextField label="Bearer token" header="Authorization" secret {...field('bearerToken')} />
          )}
          {taken.apiKey && <TextField label="API key" header="x-api-key" secret {...field('apiKey')} />}
        </fieldset>
      )}
      {upstream && (
        <fieldset>
          <legend>For upstream</legend>
          {taken.userAndPassword && (
            <>
              <TextField label="User" header="Authorization" {...field('user')} anyText />
              <TextField
                label="Password"
                secret
                {...field('password')}
                anyText
                hint="Sent as its md5, as upstream wants it."
              />
              <p className="or">or</p>
            </>
          )}
          <TextField label="OAuth token" header="X-CAP-API-OAUTH-TOKEN" secret {...field('oauthToken')} />
        </fieldset>
      )}
      <fieldset>
        <legend>Data scope</legend>
        <div className="field">
          <label htmlFor={scopeId} className="label">
            Scope <code>DATA-SCOPE</code>
          </label>
          <select
            id={scopeId}
            value={credentials.dataScope}
            onChange={({ target }) => change({ dataScope: target.value as Credentials['dataScope'] })}
          >
            <option value="">As the gateway is set</option>
            <option value="SELF">SELF: the own organisation</option>
            <option value="OTHER">OTHER: connected organisations</option>
            <option value="ALL">ALL: the own and connected ones</option>
          </select>
        </div>
        <TextField
          label="Organisations"
          header="DATA-SCOPE-ORG"
          {...field('orgIds')}
          disabled={!takesOrganisations(credentials.dataScope)}
          hint="Ids of one or two, such as 50405, 50406. For OTHER and ALL."
        />
      </fieldset>
      {taken.debugToken && (
        <fieldset>
          <legend>What a run costs</legend>
          <TextField label="Debug token" header="x-gateway-debug" secret {...field('debugToken')} />
        </fieldset>
      )}
      <div className="buttons">
        <button type="submit" className="graphiql-button">
          Done
        </button>
        <button
          type="button"
          className="graphiql-button"
          disabled={Object.values(credentials).every((value) => value === '')}
          onClick={() => setCredentials(NO_CREDENTIALS)}
        >
          Forget all
        </button>
      </div>
    </form>
  );
}

function noneNeeded(): string {
  return FACTS.upstream === 'sandbox'
    ? 'This gateway needs none: it uses the sandbox and accepts anonymous callers.'
    : 'This gateway needs none: it has its own for upstream and accepts anonymous callers.';
}

/** Reads the schema, if it could not be read yet, once credentials have changed. */
function useSchemaRetry(credentials: Credentials): () => void {
  const schema = useGraphiQL((state) => state.schema);
  const { introspect } = useGraphiQLActions();
  const tried = useRef(credentials);
  return () => {
    if (schema || tried.current === credentials) return;
    tried.current = credentials;
    introspect();
  };
}
