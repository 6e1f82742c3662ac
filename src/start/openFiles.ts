import { readdirSync, readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { writeLine } from '../telemetry/logCatalogue.ts';

/** Descriptors for Redis, the key set, tokens, spans and files. */
const OTHERS = 16;

/**
 * How many connections of clients may be open: MAX_CONNECTIONS, or fewer if the process may not open so many files. Some are
 * left for upstream's connections and the rest, but never more than half.
 */
export function acceptedConnections(
  { maxConnections, upstream }: Pick<Config, 'maxConnections' | 'upstream'>,
  logger: Logger,
): number {
  const free = freeDescriptors();
  const left = Math.min(upstream.concurrency + OTHERS, Math.ceil(free / 2));
  const connections = Math.max(1, Math.min(maxConnections, free - left));
  if (connections < maxConnections) {
    writeLine(logger, 'fewer connections than MAX_CONNECTIONS are accepted: the process may open no more files', {
      connections,
    });
  }
  return connections;
}

/** How many more files the process may open; Infinity where nothing says so. Node has raised the limit as far as it may. */
function freeDescriptors(): number {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit) - readdirSync('/proc/self/fd').length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
