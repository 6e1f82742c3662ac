import { authenticatorOf } from '../callers/authenticate.ts';
import type { Authenticator } from '../callers/authenticator.ts';
import type { Config } from '../config/config.ts';
import { readManifest, type TrustedDocuments } from '../graphql/plugins/trustedDocuments.ts';
import type { Keys } from '../model/keys.ts';
import type { Secret } from '../model/redacted.ts';
import { debugAllowed } from '../operation/requestHeaders.ts';
import { type CredentialsPolicy, credentialsPolicy, type UpstreamAddress } from '../operation/upstreamCredentials.ts';
import type { UpstreamEvents } from '../upstream/events.ts';
import type { Outgoing } from './outgoing.ts';

/** Everything that is made from secrets and trusted documents, which may be renewed while the gateway runs. */
export type Access = {
  readonly authenticate: Authenticator;
  readonly credentialsOf: CredentialsPolicy;
  readonly mayDebug: ReturnType<typeof debugAllowed>;
  /** The token that senders of events must send. */
  readonly eventsToken: Secret | undefined;
  /** Undefined accepts all documents. */
  readonly documents: TrustedDocuments | undefined;
};

/** The current access. Each request reads it once. */
export type RenewableAccess = {
  current(): Access;
  /** @throws ConfigError for an invalid manifest, and then changes nothing */
  renew(config: Config): Promise<void>;
};

export async function startAccess(
  config: Config,
  upstream: UpstreamAddress,
  { logNames, storeNames }: Keys,
  outgoing: Outgoing,
  events: UpstreamEvents,
): Promise<RenewableAccess> {
  const make = async (next: Config, kept?: { readonly config: Config; readonly access: Access }): Promise<Access> => ({
    documents: next.persistedOperations === undefined ? undefined : readManifest(next.persistedOperations),
    eventsToken: next.eventsToken,
    mayDebug: debugAllowed(next.debug),
    // Cached key sets and tokens stay valid unless their own secret has changed.
    authenticate:
      kept !== undefined && next.auth.mode !== 'api-key'
        ? kept.access.authenticate
        : await authenticatorOf(next.auth, next.dataScopeAccess, logNames, outgoing.keySets),
    credentialsOf:
      kept !== undefined && upstreamSecretOf(kept.config) === upstreamSecretOf(next)
        ? kept.access.credentialsOf
        : credentialsPolicy(next, upstream, storeNames, outgoing.tokens, events),
  });
  let state = { config, access: await make(config) };
  return {
    current: () => state.access,
    async renew(next) {
      state = { config: next, access: await make(next, state) };
    },
  };
}

function upstreamSecretOf({ upstreamAuth }: Config): string | undefined {
  switch (upstreamAuth.kind) {
    case 'passthrough':
      return undefined;
    case 'basic':
      return upstreamAuth.password.reveal();
    case 'oauth':
      return JSON.stringify([upstreamAuth.key, upstreamAuth.secret.reveal()]);
  }
}
