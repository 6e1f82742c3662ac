import leven, { closestMatch } from 'leven';
import { ConfigError } from '../configError.ts';
import { REMOVED_SETTINGS } from './removedSettings.ts';

/** Only the gateway's own settings begin with these. */
const OWN_PREFIXES = [
  'UPSTREAM_',
  'AUTH_',
  'CACHE_',
  'CORS_',
  'MAX_',
  'RATE_LIMIT',
  'PERSISTED_',
  'SHUTDOWN_',
  'TRUSTED_',
];

/** Other services have these, but here only REDIS_URL has an effect. */
const IN_REDIS_URL = /^REDIS_(HOST|PORT|DB|DATABASE|USER|USERNAME|PASSWORD)(_FILE)?$/;
const IN_URL_INSTEAD = 'Set it as a part of REDIS_URL, such as redis://user:password@redis:6379, and unset it.';

const NO_SETTING = 'The gateway has no setting of this name.';

/** Variables that Docker and Kubernetes set for a service named like a setting, such as AUTH_PORT=tcp://10.0.0.1:80. */
const SERVICE_LINK = /_SERVICE_HOST$|_SERVICE_PORT(_\w+)?$|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?$/;
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//;

/** Variables of other programs. Of the proxy variables, only HTTPS_PROXY and NO_PROXY in upper case are settings. */
const PROXY = /^((http|https|all|ftp|no)_proxy|(HTTP|ALL|FTP)_PROXY)$/;

/** Shorter names, such as PORT, resemble too many other variables. Two swapped letters are two edits. */
const SHORTEST_MISSPELT = 7;
const LONG = 8;

/**
 * @param known the names of all settings
 * @throws ConfigError for a misspelt setting: it would silently have no effect, which is dangerous for AUTH_MODE
 */
export function refuseUnknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): void {
  const names = new Set(known);
  for (const [name, value] of Object.entries(env)) {
    if (names.has(name) || value === undefined || value === '') continue;
    if (PROXY.test(name)) continue;
    if (SERVICE_LINK.test(name) || (name.endsWith('_PORT') && SERVICE_ADDRESS.test(value))) continue;
    const setting = name.replace(/_FILE$/, '');
    const removed = REMOVED_SETTINGS[setting];
    if (removed !== undefined) throw new ConfigError(name, 'Version 3 has no such setting.', removed);
    if (names.has(setting)) {
      throw new ConfigError(name, 'Only secrets may come from a file.', `Set ${setting} instead, or unset it.`);
    }
    if (IN_REDIS_URL.test(name)) throw new ConfigError(name, NO_SETTING, IN_URL_INSTEAD);
    const nearest = nearestOf(name, known);
    const misspelt = nearest.name.length >= SHORTEST_MISSPELT && nearest.edits <= (nearest.name.length < LONG ? 1 : 2);
    if (misspelt) throw new ConfigError(name, NO_SETTING, `Set ${nearest.name} instead, or unset it.`);
    const prefix = OWN_PREFIXES.find((each) => name.startsWith(each));
    if (prefix === undefined) continue;
    const own = known.filter((each) => each.startsWith(prefix));
    // CACHE_TTL is rather CACHE_TTL_SECONDS than CACHE_MAX_MB, which needs fewer edits, and AUTH_KEYS rather AUTH_API_KEYS.
    const words = name.split('_');
    const withWords = own.filter((each) => words.every((word) => each.includes(word)));
    const alike = nearestOf(name, withWords.length > 0 ? withWords : own);
    throw new ConfigError(name, NO_SETTING, `The nearest name is ${alike.name}. Set that, or unset it.`);
  }
}

function nearestOf(name: string, known: readonly string[]): { readonly name: string; readonly edits: number } {
  const upperCase = name.toUpperCase();
  const nearest = closestMatch(upperCase, known) ?? '';
  return { name: nearest, edits: leven(upperCase, nearest) };
}
