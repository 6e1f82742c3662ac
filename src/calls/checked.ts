import type { Places } from './bounded.ts';
import type { Policy } from './call.ts';
import type { Circuits } from './guarded.ts';

/** Refuses at once what would be refused after its wait, so that it neither waits nor uses up the budget. */
export function checked(circuits: Circuits, places: Places): Policy {
  return (next) => async (call) => {
    circuits.check(call.source.identity);
    places.check(call);
    return next(call);
  };
}
