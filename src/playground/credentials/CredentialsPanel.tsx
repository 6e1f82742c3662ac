import { Button, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useId, useState } from 'react';
import { FACTS } from '../facts.ts';
import { acceptedBy, acceptsOrganisations, type Credentials, fitsHeader, NO_CREDENTIALS } from './credentials.ts';
import { keepCredentials, keptCredentials } from './kept.ts';

const accepted = acceptedBy(FACTS);
const REASON = FACTS.upstream === 'sandbox' ? 'uses the sandbox' : 'has its own upstream credentials';

/** Whether runs need credentials here. */
export const needsCredentials = accepted.bearerToken || accepted.apiKey || accepted.oauthToken;

/** The credentials of all tabs. It shows only the fields that this gateway accepts. */
export function CredentialsPanel() {
  const [credentials, setCredentials] = useState(keptCredentials);
  const schema = useGraphiQL((state) => state.schema);
  const { introspect, setVisiblePlugin } = useGraphiQLActions();
  const change = (changed: Credentials) => {
    keepCredentials(changed);
    setCredentials(changed);
  };
  const bind = (name: keyof Credentials) => ({
    value: credentials[name],
    onChange: ({ target }: { target: { value: string } }) => change({ ...credentials, [name]: target.value }),
  });
  return (
    <form
      className="panel"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!schema) introspect();
        setVisiblePlugin(null);
      }}
    >
      <h2>Credentials</h2>
      <p>Sent with every run, in all tabs. Kept in this browser tab until it is closed. A link does not hold them.</p>
      {!needsCredentials && <p>This gateway needs none: it {REASON} and accepts anonymous callers.</p>}
      {accepted.bearerToken && <Field label="Bearer token" header="Authorization" secret {...bind('bearerToken')} />}
      {accepted.apiKey && <Field label="API key" header="x-api-key" secret {...bind('apiKey')} />}
      {accepted.userAndPassword && <Field label="User" header="Authorization" anyText {...bind('user')} />}
      {accepted.userAndPassword && <Field label="Password" header="as MD5" secret anyText {...bind('password')} />}
      {accepted.oauthToken && (
        <Field label="Or OAuth token" header="X-CAP-API-OAUTH-TOKEN" secret {...bind('oauthToken')} />
      )}
      {accepted.debugToken && <Field label="Debug token" header="x-gateway-debug" secret {...bind('debugToken')} />}
      <label>
        Data scope <code>DATA-SCOPE</code>
        <select {...bind('dataScope')}>
          <option value="">The gateway's default</option>
          <option value="SELF">SELF: your own organisation</option>
          <option value="OTHER">OTHER: connected organisations</option>
          <option value="ALL">ALL: your own and connected organisations</option>
        </select>
      </label>
      {acceptsOrganisations(credentials.dataScope) && (
        <Field label="Organisations" header="DATA-SCOPE-ORG" {...bind('orgIds')} />
      )}
      <Button type="submit">Done</Button>{' '}
      <Button type="button" onClick={() => change(NO_CREDENTIALS)}>
        Clear all
      </Button>
    </form>
  );
}

type FieldProps = {
  readonly label: string;
  /** The request header that carries it. */
  readonly header: string;
  readonly value: string;
  readonly onChange: (event: { target: { value: string } }) => void;
  readonly secret?: boolean;
  /** Whether any text is valid, because it is encoded before it is sent. */
  readonly anyText?: boolean;
};

/** A text field that says what is wrong with its value. */
function Field({ label, header, secret, anyText, ...input }: FieldProps) {
  const wrongId = useId();
  const wrong = !anyText && !fitsHeader(input.value);
  const described = wrong ? { 'aria-invalid': true, 'aria-describedby': wrongId } : {};
  return (
    <label>
      {label} <code>{header}</code>
      <input type={secret ? 'password' : 'text'} autoComplete="off" spellCheck={false} {...described} {...input} />
      {wrong && <span id={wrongId}>A header can carry only printable ASCII characters: this value is not sent.</span>}
    </label>
  );
}
