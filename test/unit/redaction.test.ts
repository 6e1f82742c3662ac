import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { CustomerIdentifier, IDENTIFIER_NAMES } from '../../src/model/identifier.ts';
import { type Redacted, Secret } from '../../src/model/redacted.ts';
import { collectLogs } from '../support/logs.ts';

const PRIVATE = '919911223344';
const VALUES: readonly (readonly [string, Redacted])[] = [
  ...IDENTIFIER_NAMES.map((name) => [`identifier of kind ${name}`, CustomerIdentifier.of(name, PRIVATE)] as const),
  ['secret', new Secret(PRIVATE)],
];

const WAYS: readonly (readonly [string, (value: Redacted) => string])[] = [
  ['in a template string', (value) => `${value}`],
  ['by join', (value) => [value].join()],
  ['as JSON', (value) => JSON.stringify({ value, list: [value] })],
  ['by inspect', (value) => inspect({ deep: { value } }, { depth: null, showHidden: true, getters: true })],
  ['by inspect without custom printing', (value) => inspect(value, { customInspect: false, showHidden: true })],
  ['by format', (value) => format('%s %o %O %j %d', value, value, value, value, value)],
  ['in an error', (value) => inspect(new Error(`no ${value}`, { cause: { value } }), { depth: null })],
  ['after it was spread', (value) => JSON.stringify({ ...value })],
  ['after it was cloned', (value) => JSON.stringify(structuredClone(value))],
  ['as the name of a member', (value) => Object.keys({ [String(value)]: 1 }).join()],
  [
    'in a log line',
    (value) => {
      const logs = collectLogs();
      logs.logger.error({ err: Object.assign(new Error('failed'), { value }), value }, 'failed for %s', value);
      return logs.text();
    },
  ],
];

test.each(VALUES.flatMap(([kind, value]) => WAYS.map(([way, print]) => ({ kind, way, value, print }))))(
  'The value of a private $kind is not printed $way',
  ({ value, print }) => {
    expect(print(value)).not.toBe('');
    expect(print(value)).not.toContain(PRIVATE);
  },
);
