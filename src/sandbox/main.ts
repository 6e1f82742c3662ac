import { SANDBOX_CUSTOMERS } from './customers.ts';
import { startSandbox } from './server.ts';

/** Runs the sandbox alone, for other tools: `npm run sandbox`. */
const port = Number(process.env.PORT ?? 4100);
const sandbox = await startSandbox({ port }).catch((error: NodeJS.ErrnoException) => {
  console.error(
    error.code === 'EADDRINUSE' ? `PORT: ${port} is taken by another program. Set PORT to a free one.` : error,
  );
  process.exit(1);
});

const lookup = `${sandbox.url}/v2.1/customers/lookup/promotionData?identifierName=mobile&identifierValue=917406400033&source=INSTORE`;
console.log(`
Sandbox of the promotions endpoint at ${sandbox.url}

  curl '${lookup}'

  ${'mobile'.padEnd(14)}${'id'.padEnd(11)}${'e-mail'.padEnd(22)}${'external id'.padEnd(14)}answers
${SANDBOX_CUSTOMERS.map(
  ({ mobile, id, email, externalId, shows }) =>
    `  ${mobile.padEnd(14)}${String(id).padEnd(11)}${email.padEnd(22)}${externalId.padEnd(14)}${shows}`,
).join('\n')}
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => sandbox.close());
