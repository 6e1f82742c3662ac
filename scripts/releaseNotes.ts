import { readFileSync } from 'node:fs';

/**
 * `node scripts/releaseNotes.ts TAG FILES` prints what CHANGELOG.md says of the release TAG, such as `v3.0.0`. FILES is the URL of the
 * project's files at this tag, to which links lead. It fails if the tag is not the version of package.json, or if the changelog has
 * no date for it.
 */
const [tag, files] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

function fail(line: string): never {
  console.error(line);
  process.exit(1);
}

if (tag !== `v${version}`) fail(`The tag is ${tag}, but package.json has the version ${version}.`);
const [heading = '', ...lines] =
  readFileSync('CHANGELOG.md', 'utf8')
    .split(/^## /m)
    .find((part) => part.startsWith(`${version} `))
    ?.split('\n') ?? [];
if (!/ \(\d{4}-\d{2}-\d{2}\)$/.test(heading))
  fail(`CHANGELOG.md needs a line "## ${version} (date)", such as (2026-01-31).`);
console.log(
  lines
    .join('\n')
    .trim()
    .replaceAll(/\]\((?!https?:)/g, `](${files}/`),
);
