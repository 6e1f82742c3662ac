import { type Config, parseConfig } from './config/config.ts';
import { ConfigError } from './config/configError.ts';
import { startSandbox } from './sandbox/server.ts';
import { startGateway } from './server/gateway.ts';

/** Reads the configuration; a setting that cannot be used ends the start with one line. */
function readConfig(): Config {
  try {
    return parseConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

const config = readConfig();
const sandbox = config.upstreamUrl === undefined ? await startSandbox({}) : undefined;
const gateway = await startGateway(config, {
  url: config.upstreamUrl ?? sandbox?.url ?? '',
  sandbox: sandbox !== undefined,
});
console.log(gateway.url);

/** Finishes what is in flight; what takes longer than allowed is cut. */
async function stop(): Promise<void> {
  const overdue = setTimeout(() => process.exit(0), config.shutdownTimeoutMs);
  await gateway.close();
  await sandbox?.close();
  clearTimeout(overdue);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
