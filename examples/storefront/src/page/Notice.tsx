import { useEffect, useState } from 'react';
import type { Problem } from './problem.ts';

type NoticeProps = { readonly problem: Problem; readonly onRetry: () => void; readonly onSwitch: () => void };

/** A problem: what went wrong, what the shopper can do, and in a closed section the details for staff. */
export function Notice({ problem, onRetry, onSwitch }: NoticeProps) {
  const { code, title, text, remedy, retryAfterSeconds, requestId } = problem;
  return (
    <section className="notice" role="alert" data-code={code}>
      <h2>{title}</h2>
      <p>{text}</p>
      {remedy === 'retry' ? (
        <RetryButton seconds={retryAfterSeconds} onRetry={onRetry} />
      ) : (
        <button type="button" className="button" onClick={remedy === 'switch' ? onSwitch : () => location.reload()}>
          {remedy === 'switch' ? 'Back to sign-in' : 'Load the page again'}
        </button>
      )}
      <details>
        <summary>Details for our staff</summary>
        <p>Code: {code}</p>
        {requestId && <p>Reference: {requestId}</p>}
      </details>
    </section>
  );
}

/** A button that is disabled until `seconds` have passed. Screen readers read only the end of the countdown. */
function RetryButton({ seconds, onRetry }: { readonly seconds: number; readonly onRetry: () => void }) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    const count = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    count();
    const timer = setInterval(count, 250);
    return () => clearInterval(timer);
  }, [seconds]);
  return (
    <>
      <button type="button" className="button" aria-disabled={left > 0} onClick={() => left === 0 && onRetry()}>
        Try again{left > 0 && <span aria-hidden="true"> in {left} s</span>}
      </button>
      <p className="visually-hidden">
        {left > 0 ? `You can try again in ${seconds} seconds.` : 'You can try again now.'}
      </p>
    </>
  );
}
