import { LINES, MEMBERS } from '../../src/telemetry/logCatalogue.ts';
import { codes, table } from './generated.ts';

/** Every log line, with its members. */
export function logLines(): string {
  return table(
    ['`msg`', 'level', 'members', 'when'],
    Object.entries(LINES).map(([msg, { level, members, when }]) => [codes([msg]), level, codes(members), when]),
  );
}

/** What each member of log lines is. */
export function logMembers(): string {
  return table(
    ['member', 'what it is'],
    [
      [codes(['time']), 'In every line: the time in ISO 8601'],
      [codes(['level']), 'In every line: 20 (debug), 30 (info), 40 (warn), 50 (error) or 60 (fatal)'],
      [codes(['msg']), 'In every line: which line it is'],
      ...Object.entries(MEMBERS).map(([member, what]) => [codes([member]), what]),
    ],
  );
}
