import type { Limit } from './limit.ts';
import type { Offer } from './offer.ts';

const LIMITS_SHOWN = 2;
const LOW_SHARE = 0.2;

/** An offer as a voucher. The stub shows what is left of it, the rest what it is and what it allows. */
export function OfferCard({ offer }: { readonly offer: Offer }) {
  const { standing, kind, name, description, validity, joined, glance, limits, unreadable } = offer;
  const shown = standing === 'ended' ? [] : limits.slice(0, LIMITS_SHOWN);
  const folded = limits.slice(shown.length);
  return (
    <article className={`voucher ${kind.className}`} data-standing={standing}>
      <p className="stub">
        <strong data-long={glance.figure.length > 3 || undefined}>{glance.figure}</strong> {glance.text}
        {glance.note && <small> {glance.note}</small>}
      </p>
      <div className="voucher-body">
        <p className="voucher-meta">
          <span className="kind">{kind.label}</span>
          <span data-warm={validity.kind === 'soon' || undefined}>{validity.text}</span>
        </p>
        <h3 tabIndex={-1} dir="auto">
          {name}
        </h3>
        {description !== undefined && <p dir="auto">{description}</p>}
        {joined !== undefined && <p>Joined {joined}</p>}
        {unreadable !== '' && <p data-warm>We couldn’t read {unreadable}: ask in the shop.</p>}
        <Limits limits={shown} />
        {folded.length > 0 && (
          <details>
            <summary>{shown.length > 0 ? 'More limits' : 'Its limits'}</summary>
            <Limits limits={folded} />
          </details>
        )}
      </div>
    </article>
  );
}

/** What is left of each limit: a bar for a count, one line for a rule. */
function Limits({ limits }: { readonly limits: readonly Limit[] }) {
  return limits.map(({ label, text, left }, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: restrictions have no identity of their own
    <div className="limit" key={place}>
      <span>{label}</span>
      <span>
        {left && <strong>{left.text}</strong>} {text}
      </span>
      {left && (
        <>
          <meter
            className="visually-hidden"
            value={left.share}
            aria-label={label}
            aria-valuetext={`${left.text} ${text}`}
          />
          <div
            className="bar"
            data-low={left.share <= LOW_SHARE || undefined}
            style={{ backgroundSize: `${left.share * 100}% 100%` }}
          />
        </>
      )}
    </div>
  ));
}
