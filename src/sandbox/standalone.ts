import { SANDBOX_CUSTOMERS } from './customers.ts';
import { LOOKUP_PATH, startSandbox } from './sandboxServer.ts';

/** Runs the sandbox without the gateway, for other tools: `npm run sandbox`. HOST and PORT default to loopback and 4100. */
const { PORT = '4100', HOST = '127.0.0.1' } = process.env;
if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535)
  giveUp(`PORT: "${PORT}" is not a whole number from 0 to 65535. Set one such as 4100.`);

const sandbox = await startSandbox(HOST, Number(PORT)).catch((error: NodeJS.ErrnoException) =>
  giveUp(
    error.code === 'EADDRINUSE'
      ? `PORT: Another program uses port ${PORT}. Set PORT to a free port.`
      : `PORT: The sandbox cannot listen on port ${PORT} (${error.code}).`,
  ),
);

const lookup = `${sandbox.url}${LOOKUP_PATH}?identifierName=mobile&identifierValue=917406400033&source=INSTORE`;
console.log(`
Sandbox of the promotions endpoint at ${sandbox.url}

  curl '${lookup}'

  ${row('mobile', 'id', 'e-mail', 'external id', 'response')}
${SANDBOX_CUSTOMERS.map(
  ({ mobile, id, email, externalId, shows }) => `  ${row(mobile, String(id), email, externalId, shows)}`,
).join('\n')}

Ctrl-C stops it.
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => sandbox.close());

function row(mobile: string, id: string, email: string, externalId: string, response: string): string {
  return [mobile.padEnd(14), id.padEnd(11), email.padEnd(22), externalId.padEnd(14), response].join('');
}

function giveUp(message: string): never {
  console.error(message);
  process.exit(1);
}
