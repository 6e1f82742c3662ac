import { useEffect, useState } from 'react';
import type { Problem } from '../api/problem.ts';
import { noticeOf } from './notices.ts';

export type NoticeProps = {
  readonly problem: Problem;
  readonly onRetry: () => void;
  readonly onBack: () => void;
};

/** A problem: what went wrong, what the shopper can do, and in a closed section the details for staff. */
export function Notice({ problem, onRetry, onBack }: NoticeProps) {
  const { title, text, remedy } = noticeOf(problem.code);
  return (
    <section className="notice" role="alert" data-code={problem.code}>
      <h2>{title}</h2>
      <p>{text}</p>
      {remedy === 'retry' && <RetryButton seconds={problem.retryAfterSeconds ?? 0} onRetry={onRetry} />}
      {remedy === 'reload' && (
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Load the page again
        </button>
      )}
      {remedy === 'switch' && (
        <button type="button" className="button" onClick={onBack}>
          Back to sign-in
        </button>
      )}
      <details className="reference">
        <summary>Details for our staff</summary>
        <dl>
          <dt>Code</dt>
          <dd>{problem.code}</dd>
          {problem.requestId !== undefined && (
            <>
              <dt>Reference</dt>
              <dd>{problem.requestId}</dd>
            </>
          )}
        </dl>
      </details>
    </section>
  );
}

/** A button that is disabled until retryAfterSeconds have passed. Screen readers read only the end of the countdown. */
function RetryButton({ seconds, onRetry }: { readonly seconds: number; readonly onRetry: () => void }) {
  const left = useCountdown(seconds);
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

/** Whole seconds left, down to 0. */
function useCountdown(seconds: number): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    setLeft(seconds);
    if (seconds === 0) return;
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [seconds]);
  return left;
}
