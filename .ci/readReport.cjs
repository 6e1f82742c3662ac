// readReport.cjs FILE: reads vitest's JSON report, prints the numbers of passed and failed tests, and names on stderr what failed.
const { readFileSync } = require('node:fs');
const path = require('node:path');

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const file of report.testResults) {
  const name = path.relative(process.cwd(), file.name);
  if (file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed')) {
    console.error(`✗ ${name}: ${firstLine(file.message)}`);
  }
  for (const test of file.assertionResults.filter(({ status }) => status !== 'passed')) {
    console.error(`✗ ${name} > ${test.fullName}: ${firstLine(test.failureMessages[0] ?? test.status)}`);
  }
}
console.log(report.numPassedTests, report.numFailedTests + report.numPendingTests + report.numTodoTests);

function firstLine(message) {
  return message.split('\n', 1)[0];
}
