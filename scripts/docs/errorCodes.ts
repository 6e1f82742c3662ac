import { catalogue } from '../../src/model/errors.ts';
import { codes, table } from './generated.ts';

/** Every error code, in the order of the catalogue. */
export function errorCodes(): string {
  return table(
    ['code', 'status', 'when', 'what to do'],
    [...catalogue()].map(([code, { status = '–', when, todo }]) => [codes([code]), String(status), when, todo]),
  );
}
