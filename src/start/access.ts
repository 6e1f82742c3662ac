import { authenticatorOf } from '../callers/authenticate.ts';
import type { Config } from '../config/config.ts';
import type { Authenticator } from '../model/caller.ts';
import type { Keys } from '../model/keys.ts';
import { type DebugPolicyCheck, debugAllowed } from '../operation/request.ts';
import { type CredentialsPolicy, credentialsPolicy, type UpstreamAddress } from '../operation/upstreamCredentials.ts';
import type { UpstreamEvents } from '../upstream/events.ts';
import type { Outgoing } from './outgoing.ts';

/** Who may call, with which credentials upstream is then called, and who may debug. */
export type Access = {
  readonly authenticate: Authenticator;
  readonly credentialsOf: CredentialsPolicy;
  readonly mayDebug: DebugPolicyCheck;
};

export async function startAccess(
  config: Pick<Config, 'auth' | 'dataScopeAccess' | 'debug' | 'upstreamAuth'>,
  upstream: UpstreamAddress,
  { logNames, storeNames }: Keys,
  outgoing: Outgoing,
  events: UpstreamEvents,
): Promise<Access> {
  return {
    authenticate: await authenticatorOf(config.auth, config.dataScopeAccess, logNames, outgoing.keySets),
    credentialsOf: credentialsPolicy(config.upstreamAuth, upstream, storeNames, outgoing.tokens, events),
    mayDebug: debugAllowed(config.debug),
  };
}
