import { refusals } from '../../src/model/refusals.ts';
import { codes, table } from './generated.ts';

/** Every reason for which the gateway itself refuses, in the order of the list. */
export function refusalCauses(): string {
  return table(
    ['cause', 'code', 'what happened', 'what to do'],
    [...refusals()].map(([cause, { code, when, todo }]) => [codes([cause]), codes([code]), when, todo]),
  );
}
