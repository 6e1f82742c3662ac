import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { type Config, parseConfig } from '../config/config.ts';
import { ConfigError } from '../config/configError.ts';
import { SECRETS } from '../config/variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const CHECK_EVERY_MS = 2000;

/** Settings that are paths of files with certificates and keys. */
export const CERTIFICATES = [
  'UPSTREAM_CA_FILE',
  'UPSTREAM_CLIENT_CERT_FILE',
  'UPSTREAM_CLIENT_KEY_FILE',
  'REDIS_CA_FILE',
] as const;

/** Connections to Redis or a proxy and the keys are made once, at the start: a change of these settings needs a restart. */
export const FIXED_SETTINGS: ReadonlySet<string> = new Set([
  'CACHE_SECRET',
  'CACHE_SECRET_PREVIOUS',
  'REDIS_URL',
  'REDIS_SENTINEL_PASSWORD',
  'REDIS_CA_FILE',
  'HTTPS_PROXY',
]);

/**
 * Reads the configuration again when a file of a secret, a certificate or the manifest of trusted documents changes, and
 * passes it to `renew`. An invalid configuration changes nothing. Both are logged in one line, which names the settings.
 */
export function watchSettingFiles(env: Environment, renew: (config: Config) => Promise<void>, logger: Logger): void {
  const files = settingFiles(env);
  if (files.length === 0) return;
  let known = statesOf(files);
  const check = async () => {
    const before = await known;
    const now = await statesOf(files);
    const changed = files.map(({ setting }) => setting).filter((setting) => before.get(setting) !== now.get(setting));
    if (changed.length === 0) return;
    known = Promise.resolve(now);
    try {
      await renew(parseConfig(env));
      const fixed = changed.filter((setting) => FIXED_SETTINGS.has(setting));
      logger.info(
        {
          renewed: changed.filter((setting) => !FIXED_SETTINGS.has(setting)),
          ...(fixed.length > 0 && { needRestart: fixed }),
        },
        'settings reloaded from changed files',
      );
    } catch (error) {
      const reason = error instanceof ConfigError ? { reason: error.message } : { err: error };
      logger.error({ changed, ...reason }, 'changed files are invalid, so the previous settings stay in use');
    }
  };
  const checkAgain = () => {
    setTimeout(() => check().then(checkAgain), CHECK_EVERY_MS).unref();
  };
  checkAgain();
}

function settingFiles(env: Environment): { readonly setting: string; readonly path: string }[] {
  return [
    ...SECRETS.map((setting) => ({ setting, path: env[`${setting}_FILE`] ?? '' })),
    ...CERTIFICATES.map((setting) => ({ setting, path: env[setting] ?? '' })),
    { setting: 'PERSISTED_OPERATIONS', path: env.PERSISTED_OPERATIONS ?? '' },
  ].filter(({ path }) => path !== '');
}

/** A text that changes with a file, even if a symbolic link on its path is replaced, as Kubernetes does for secrets. */
async function statesOf(files: ReturnType<typeof settingFiles>): Promise<ReadonlyMap<string, string>> {
  const states = files.map(async ({ setting, path }) => {
    const state = await stat(path).then(
      ({ dev, ino, size, mtimeMs }) => `${dev} ${ino} ${size} ${mtimeMs}`,
      ({ code }: NodeJS.ErrnoException) => String(code),
    );
    return [setting, state] as const;
  });
  return new Map(await Promise.all(states));
}
