import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import { text } from './fields.ts';

/** What instances share their state through. */
export const REDIS_VARIABLES = {
  REDIS_URL: text().optional(),
} as const;

/** `redis://` or `rediss://`, perhaps with credentials, which make it a secret. */
export function redisUrlFrom(setting: string | undefined): Secret | undefined {
  if (setting === undefined) return undefined;
  if (URL.canParse(setting) && /^rediss?:$/.test(new URL(setting).protocol)) return new Secret(setting);
  throw new ConfigError('REDIS_URL', 'It is not a redis or rediss URL.', 'Set it to one such as redis://redis:6379.');
}
