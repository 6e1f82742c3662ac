import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import { text } from './fields.ts';

/** The Redis through which instances share their state. */
export const REDIS_VARIABLES = {
  REDIS_URL: text().optional(),
} as const;

/** A `redis://` or `rediss://` URL. It may contain credentials, so it is a secret. */
export function redisUrlFrom(setting: string | undefined): Secret | undefined {
  if (setting === undefined) return undefined;
  if (URL.canParse(setting) && /^rediss?:$/.test(new URL(setting).protocol)) return new Secret(setting);
  throw new ConfigError('REDIS_URL', 'It is not a redis or rediss URL.', 'Set a URL such as redis://redis:6379.');
}
