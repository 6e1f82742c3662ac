import type { PromotionStatus } from '../generated/graphql.ts';

/** Undefined asks for offers in any state. */
export type Status = PromotionStatus | undefined;

type Choice = {
  readonly status: Status;
  readonly label: string;
  /** What the page's address calls it. */
  readonly name?: string;
};

const CHOICES: readonly Choice[] = [
  { status: undefined, label: 'All' },
  { status: 'AVAILABLE_TO_REDEEM', label: 'Ready', name: 'ready' },
  { status: 'AVAILABLE_TO_EARN', label: 'Earning', name: 'earning' },
  { status: 'AVAILABLE_TO_ENROL', label: 'To join', name: 'join' },
  { status: 'EXPIRED', label: 'Ended', name: 'ended' },
];

/** The status of a name in the address; a name that this page doesn't know filters nothing. */
export function statusNamed(name: string | undefined): Status {
  return CHOICES.find((choice) => choice.name === name)?.status;
}

/** What the shopper calls a status. */
export function labelOf(status: Status): string {
  return CHOICES.find((choice) => choice.status === status)?.label ?? '';
}

type StatusFilterProps = { readonly status: Status; readonly onChange: (name: string | undefined) => void };

/** One choice out of five: native radio buttons, so that arrow keys and screen readers work as everywhere. */
export function StatusFilter({ status, onChange }: StatusFilterProps) {
  return (
    <fieldset className="filter">
      <legend className="visually-hidden">Show offers that are</legend>
      {CHOICES.map((choice) => (
        <label key={choice.label}>
          <input type="radio" name="status" checked={choice.status === status} onChange={() => onChange(choice.name)} />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
