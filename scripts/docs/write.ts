import { readFileSync, writeFileSync } from 'node:fs';
import { apiReference } from './api.ts';
import { errorCodes } from './errorCodes.ts';
import { withGenerated } from './generated.ts';
import { logLines, logMembers } from './logLines.ts';
import { metrics } from './metrics.ts';
import { refusalCauses } from './refusals.ts';
import { removedSettings } from './removedSettings.ts';
import { settings } from './settings.ts';
import { spans } from './spans.ts';

/** `npm run docs` writes the parts of docs/ that come from the code and the SDL. CI fails if a page then differs from the commit. */
const PAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/api.md': apiReference(),
  'docs/configuration.md': settings(),
  'docs/errors.md': { codes: errorCodes() },
  'docs/runbook.md': { 'refusal-causes': refusalCauses() },
  'docs/operating.md': { metrics: metrics(), 'log-lines': logLines(), 'log-members': logMembers(), spans: spans() },
  'docs/upgrading.md': { 'removed-settings': removedSettings() },
};

for (const [path, parts] of Object.entries(PAGES)) {
  writeFileSync(path, withGenerated(readFileSync(path, 'utf8'), parts));
}
