import { METRICS } from '../../src/telemetry/metricCatalogue.ts';
import { codes, table } from './generated.ts';

/** Every metric of the gateway itself. */
export function metrics(): string {
  return table(
    ['metric', 'type', 'labels', 'what it is'],
    Object.entries(METRICS).map(([name, { type, labels, help }]) => [codes([name]), type, codes(labels), help]),
  );
}
