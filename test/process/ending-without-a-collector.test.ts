import { expect, test } from 'vitest';
import { ask, customer } from '../support/gateway.ts';
import { startProgram } from '../support/process.ts';

test('A collector that is gone does not keep the gateway from ending well', async () => {
  // Nobody listens on port 9.
  const gateway = startProgram('src/main.js', { PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  const [, url = ''] = await gateway.printed(/GraphQL\s+(http:\S+)/);
  const { errors } = await ask(url, `{ ${customer('id')} }`);
  expect(errors).toBeUndefined();
  expect(await gateway.stop()).toBe(0);
  expect(gateway.output()).not.toContain('ECONNREFUSED');
});
