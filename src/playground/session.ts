import { createContext, useContext } from 'react';
import type { Accepted, Credentials } from './credentials/credentials.ts';
import type { LinkedQuery } from './run/link.ts';
import type { Notice } from './run/notices.ts';
import type { RunReport } from './run/report.ts';

/** What the parts of the page share in addition to GraphiQL's own state. */
export type Session = {
  readonly accepted: Accepted;
  readonly credentials: Credentials;
  readonly setCredentials: (credentials: Credentials) => void;
  /** The report of the latest run; undefined before the first run, or if it got no response. */
  readonly report: RunReport | undefined;
  readonly notice: Notice;
  /** Shows a notice in the last line until the next run. */
  readonly say: (notice: Notice) => void;
  /** The query of the link that opened the page. */
  readonly linked: LinkedQuery | undefined;
};

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('useSession must be used inside a SessionContext.');
  return session;
}
