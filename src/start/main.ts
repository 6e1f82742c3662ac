import { type Config, parseConfig } from '../config/config.ts';
import { ConfigError } from '../config/configError.ts';
import type { UpstreamAddress } from '../operation/request.ts';
import { writeLine } from '../telemetry/logCatalogue.ts';
import { createLogger, logFormatOf, writeLastLine } from '../telemetry/logger.ts';
import { describeStart, startedMembers } from './banner.ts';
import { startGateway } from './gateway.ts';
import { endOnDefect, endOnSignal } from './shutdown.ts';

/** Exits with one line. An invalid setting has a message of its own. */
function giveUp(error: unknown): never {
  const reason = error instanceof ConfigError ? error.message : error;
  writeLastLine(reason, logFormatOf(process.env.LOG_FORMAT));
  process.exit(1);
}

type Upstream = UpstreamAddress & { close(): Promise<void> };

/** The real upstream, or the embedded sandbox, which is loaded only if it is used. */
async function startUpstream({ upstreamUrl }: Pick<Config, 'upstreamUrl'>): Promise<Upstream> {
  if (upstreamUrl !== undefined) return { url: upstreamUrl, sandbox: false, close: async () => {} };
  const { startSandbox } = await import('../sandbox/sandboxServer.ts');
  return { ...(await startSandbox()), sandbox: true };
}

async function start(config: Config) {
  const format = logFormatOf(config.log.format);
  const logger = await createLogger(config.log.level, format);
  if (process.env.https_proxy && config.network.proxy === undefined) {
    writeLine(logger, 'https_proxy is not read: set HTTPS_PROXY, in capitals', {});
  }
  const upstream = await startUpstream(config);
  const gateway = await startGateway(config, upstream, logger);

  endOnSignal(config.shutdown, {
    drain: gateway.drain,
    finish: gateway.finish,
    async close() {
      await gateway.close();
      await upstream.close();
    },
    report: (line, members) => writeLine(logger, line, members),
  });
  if (format === 'pretty') console.log(describeStart(config, gateway.url, upstream));
  else writeLine(logger, 'started', startedMembers(config, gateway.url, upstream));
}

// A start that fails is a defect too.
endOnDefect(giveUp);
await start(parseConfig(process.env));
