import { AllowanceBar } from './AllowanceBar.tsx';
import type { Allowance } from './allowance.ts';
import type { Offer } from './offer.ts';

const BARS_SHOWN = 2;

/** An offer as a voucher. The stub shows what is left of it, the rest what it is and what it allows. */
export function OfferCard({ offer }: { readonly offer: Offer }) {
  const { standing, kind, name, description, validity, joined, allowances } = offer;
  const shown = standing === 'ended' ? [] : allowances.slice(0, BARS_SHOWN);
  const folded = allowances.slice(shown.length);
  return (
    <article className={`voucher ${kind.className}`} data-standing={standing} data-validity={validity.kind}>
      <Stub {...offer.glance} />
      <div className="voucher-body">
        <p className="voucher-meta">
          <span className="kind">{kind.label}</span>
          <span className="validity">{validity.text}</span>
        </p>
        <h3 tabIndex={-1}>{name}</h3>
        {description !== undefined && <p className="voucher-text">{description}</p>}
        {joined !== undefined && <p className="joined">Joined {joined}</p>}
        {shown.length > 0 && <Allowances allowances={shown} />}
        {folded.length > 0 && (
          <details>
            <summary>{shown.length > 0 ? 'More limits' : 'Its limits'}</summary>
            <Allowances allowances={folded} />
          </details>
        )}
      </div>
    </article>
  );
}

function Allowances({ allowances }: { readonly allowances: readonly Allowance[] }) {
  return (
    <div className="restrictions">
      {allowances.map((allowance, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: restrictions have no identity of their own
        <AllowanceBar key={index} allowance={allowance} />
      ))}
    </div>
  );
}

function Stub({ figure, text, note }: Offer['glance']) {
  const isWord = /^\p{L}/u.test(figure);
  return (
    <p className="stub">
      <strong className="stub-figure" data-word={isWord || undefined} data-long={figure.length > 3 || undefined}>
        {figure}
      </strong>{' '}
      <span className="stub-text">
        {text}
        {note && <span className="stub-note"> {note}</span>}
      </span>
    </p>
  );
}
