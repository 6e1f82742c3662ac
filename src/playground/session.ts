import { createContext, useContext } from 'react';
import type { Credentials, Taken } from './credentials/credentials.ts';
import type { LinkedQuery } from './run/link.ts';
import type { Notice } from './run/notices.ts';
import type { RunReport } from './run/report.ts';

/** What the parts of the page share beside GraphiQL's own state. */
export type Session = {
  readonly taken: Taken;
  readonly credentials: Credentials;
  readonly setCredentials: (credentials: Credentials) => void;
  /** Of the latest run; undefined if it was not answered, or there was none. */
  readonly report: RunReport | undefined;
  readonly notice: Notice;
  /** Says something in the last line until the next run. */
  readonly say: (notice: Notice) => void;
  /** The query of the link that opened the page. */
  readonly linked: LinkedQuery | undefined;
};

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('This part of the page is outside of its session.');
  return session;
}
