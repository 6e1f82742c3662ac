import { SPANS } from '../../src/telemetry/spanCatalogue.ts';
import { codes, table } from './generated.ts';

/** Every span, with its attributes. */
export function spans(): string {
  return table(
    ['span', 'kind', 'attributes'],
    Object.values(SPANS).map(({ names, kind, attributes }) => [codes(names), kind, codes(attributes)]),
  );
}
