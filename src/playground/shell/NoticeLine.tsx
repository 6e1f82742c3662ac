import { useGraphiQLActions } from '@graphiql/react';
import { useSession } from '../session.ts';
import { CREDENTIALS } from './panels.tsx';

/** The page's last line. It is always there and as high as ever, so that nothing moves when it speaks. */
export function NoticeLine() {
  const { notice } = useSession();
  const { setVisiblePlugin } = useGraphiQLActions();
  return (
    <footer className="notice" data-trouble={notice.trouble !== undefined}>
      <p role="status" title={notice.text}>
        {notice.text}
      </p>
      {notice.trouble === 'credentials' && (
        <button type="button" onClick={() => setVisiblePlugin(CREDENTIALS)}>
          Open Credentials
        </button>
      )}
    </footer>
  );
}
