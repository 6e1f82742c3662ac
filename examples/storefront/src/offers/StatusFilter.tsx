import type { PromotionStatus } from '../generated/graphql.ts';

/** Undefined for offers in any state. */
export type Status = PromotionStatus | undefined;

type Choice = {
  readonly status: Status;
  readonly label: string;
  /** Its name in the page's address. */
  readonly name?: string;
};

const CHOICES: readonly Choice[] = [
  { status: undefined, label: 'All' },
  { status: 'AVAILABLE_TO_REDEEM', label: 'Ready', name: 'ready' },
  { status: 'AVAILABLE_TO_EARN', label: 'Earning', name: 'earning' },
  { status: 'AVAILABLE_TO_ENROL', label: 'To join', name: 'join' },
  { status: 'EXPIRED', label: 'Ended', name: 'ended' },
];

/** The status of a name in the address. An unknown name filters nothing. */
export function statusNamed(name: string | undefined): Status {
  return CHOICES.find((choice) => choice.name === name)?.status;
}

/** The label of a status. */
export function labelOf(status: Status): string {
  return CHOICES.find((choice) => choice.status === status)?.label ?? '';
}

type StatusFilterProps = { readonly status: Status; readonly onChange: (name: string | undefined) => void };

/** A choice of five with native radio buttons, so that arrow keys and screen readers work as usual. */
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
