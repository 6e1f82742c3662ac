import type { PromotionStatus } from '../generated/graphql.ts';

/** Undefined asks for offers in any state. */
export type Status = PromotionStatus | undefined;

const CHOICES: readonly { readonly status: Status; readonly label: string }[] = [
  { status: undefined, label: 'All' },
  { status: 'AVAILABLE_TO_REDEEM', label: 'Ready' },
  { status: 'AVAILABLE_TO_EARN', label: 'Earning' },
  { status: 'AVAILABLE_TO_ENROL', label: 'To join' },
  { status: 'EXPIRED', label: 'Ended' },
];

type StatusFilterProps = { readonly status: Status; readonly onChange: (status: Status) => void };

/** One choice out of five: native radio buttons, so that arrow keys and screen readers work as everywhere. */
export function StatusFilter({ status, onChange }: StatusFilterProps) {
  return (
    <fieldset className="filter">
      <legend className="visually-hidden">Show offers that are</legend>
      {CHOICES.map((choice) => (
        <label key={choice.label}>
          <input
            type="radio"
            name="status"
            checked={choice.status === status}
            onChange={() => onChange(choice.status)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
