import type { Allowance } from './allowance.ts';

const LOW_SHARE = 0.2;

/** What is left of one restriction: a bar for a count, one line for a rule. */
export function AllowanceBar({ allowance }: { readonly allowance: Allowance }) {
  if (allowance.kind === 'rule') {
    return (
      <div className="restriction">
        <span>{allowance.label}</span>
        <span className="restriction-value">{allowance.text}</span>
      </div>
    );
  }
  const { label, leftText, ofText, share } = allowance;
  return (
    <div className="restriction">
      <span>{label}</span>
      <span className="restriction-value">
        <strong className="restriction-left">{leftText}</strong> of {ofText} left
      </span>
      <meter
        className="visually-hidden"
        min={0}
        max={1}
        value={share}
        aria-label={label}
        aria-valuetext={`${leftText} of ${ofText} left`}
      />
      <div className="bar" aria-hidden="true" data-low={share <= LOW_SHARE || undefined}>
        <div style={{ inlineSize: `${share * 100}%` }} />
      </div>
    </div>
  );
}
