import { useGraphiQLActions } from '@graphiql/react';
import { useSession } from '../session.ts';
import { CREDENTIALS } from './panels.tsx';

/** The page's last line. It is always shown and never changes its height, so that a notice moves nothing else. */
export function NoticeLine() {
  const { notice } = useSession();
  const { setVisiblePlugin } = useGraphiQLActions();
  return (
    <footer className="notice" data-problem={notice.problem !== undefined}>
      <p role="status" title={notice.text}>
        {notice.text}
      </p>
      {notice.problem === 'credentials' && (
        <button type="button" onClick={() => setVisiblePlugin(CREDENTIALS)}>
          Open Credentials
        </button>
      )}
    </footer>
  );
}
