import { graphql } from '../generated/gql.ts';
import type { Allowance } from './allowance.ts';

export const RESTRICTION_BAR = graphql(`
  fragment RestrictionBar on Restriction {
    kpi
    kpiName
    maxLimit
    limitOn
    unlimited
    remaining
    ... on RedemptionRestriction {
      periodUnit
    }
  }
`);

const LOW_SHARE = 0.2;

/** What is left of one restriction: a bar where it is counted, one line where it is a rule. */
export function RestrictionBar({ allowance }: { readonly allowance: Allowance }) {
  if (allowance.kind !== 'counted') {
    return (
      <div className="restriction">
        <span>{allowance.label}</span>
        <span className="restriction-value">{allowance.text}</span>
      </div>
    );
  }
  const { label, left, of, share } = allowance;
  return (
    <div className="restriction">
      <span>{label}</span>
      <span className="restriction-value">
        <strong className="restriction-left">{left}</strong> of {of} left
      </span>
      <meter
        className="visually-hidden"
        min={0}
        max={1}
        value={share}
        aria-label={label}
        aria-valuetext={`${left} of ${of} left`}
      />
      <div className="bar" aria-hidden="true" data-low={share <= LOW_SHARE || undefined}>
        <div style={{ inlineSize: `${share * 100}%` }} />
      </div>
    </div>
  );
}
