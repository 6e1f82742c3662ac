import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useId, useRef } from 'react';
import { FACTS } from '../facts.ts';
import { useSession } from '../session.ts';
import { acceptsOrganisations, type Credentials, NO_CREDENTIALS } from './credentials.ts';
import { TextField } from './TextField.tsx';

/** The credentials of all tabs. It shows only the fields that this gateway accepts. */
export function CredentialsPanel() {
  const { accepted, credentials, setCredentials } = useSession();
  const { setVisiblePlugin } = useGraphiQLActions();
  const readSchema = useSchemaRetry(credentials);
  const scopeId = useId();
  const change = (part: Partial<Credentials>) => setCredentials({ ...credentials, ...part });
  const field = (name: keyof Credentials) => ({
    value: credentials[name],
    onChange: (value: string) => change({ [name]: value }),
  });
  const upstream = accepted.userAndPassword || accepted.oauthToken;
  const asksForNone = !upstream && !accepted.bearerToken && !accepted.apiKey;
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
        Sent with every run, in all tabs. Stored in this browser tab until it is closed. A link to a query does not hold
        them.
      </p>
      {asksForNone && <p className="none-needed">{noneNeeded()}</p>}
      {(accepted.bearerToken || accepted.apiKey) && (
        <fieldset>
          <legend>Who calls the gateway</legend>
          {accepted.bearerToken && (
            <TextField label="Bearer token" header="Authorization" secret {...field('bearerToken')} />
          )}
          {accepted.apiKey && <TextField label="API key" header="x-api-key" secret {...field('apiKey')} />}
        </fieldset>
      )}
      {upstream && (
        <fieldset>
          <legend>For upstream</legend>
          {accepted.userAndPassword && (
            <>
              <TextField label="User" header="Authorization" {...field('user')} anyText />
              <TextField
                label="Password"
                secret
                {...field('password')}
                anyText
                hint="Sent as its MD5 hash, which upstream requires."
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
            <option value="">The gateway's default</option>
            <option value="SELF">SELF: your own organisation</option>
            <option value="OTHER">OTHER: connected organisations</option>
            <option value="ALL">ALL: your own and connected organisations</option>
          </select>
        </div>
        <TextField
          label="Organisations"
          header="DATA-SCOPE-ORG"
          {...field('orgIds')}
          disabled={!acceptsOrganisations(credentials.dataScope)}
          hint="One or two ids, such as 50405, 50406. Only with OTHER or ALL."
        />
      </fieldset>
      {accepted.debugToken && (
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
          Clear all
        </button>
      </div>
    </form>
  );
}

function noneNeeded(): string {
  return FACTS.upstream === 'sandbox'
    ? 'This gateway needs none: it uses the sandbox and accepts anonymous callers.'
    : 'This gateway needs none: it has its own upstream credentials and accepts anonymous callers.';
}

/** Reads the schema again after the credentials have changed, if it could not be read before. */
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
