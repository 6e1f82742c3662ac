import { REMOVED_SETTINGS } from '../../src/config/checks/removedSettings.ts';
import { codes, table } from './generated.ts';

/** The settings that are gone, and what to do instead. */
export function removedSettings(): string {
  return table(
    ['removed', 'what to do'],
    Object.entries(REMOVED_SETTINGS).map(([name, instead]) => [codes([name]), instead]),
  );
}
