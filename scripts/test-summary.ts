/**
 * What test runs came to: every test that failed with the beginning of its errors, then one line with the counts.
 *
 *     npx tsx scripts/test-summary.ts <report.json> ...
 *
 * The reports are those of vitest's `json` reporter. One that is not there is a run that never got to its end: it
 * counts as one failure, and so does a file that failed before its first test. Exits with 1 when anything failed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { JsonTestResults } from 'vitest/reporters';

interface Failure {
  readonly what: string;
  readonly errors: readonly string[];
}

/** Enough for an assertion with its difference; the whole of it stands further up. */
const ERROR_LINES = 25;

function failuresOf({ testResults }: JsonTestResults): Failure[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    if (status === 'failed' && assertionResults.length === 0) return [{ what: file, errors: [message] }];
    return assertionResults
      .filter((test) => test.status === 'failed')
      .map(({ fullName, failureMessages }) => ({
        what: `${file} > ${fullName}`,
        errors: failureMessages ?? [],
      }));
  });
}

let passed = 0;
let failed = 0;
for (const path of process.argv.slice(2)) {
  const report = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as JsonTestResults) : undefined;
  const failures = report ? failuresOf(report) : [{ what: 'the run itself', errors: ['it left no report'] }];
  passed += report?.numPassedTests ?? 0;
  failed += failures.length;
  for (const { what, errors } of failures) {
    process.stdout.write(`\nFAILED (${path}) ${what}\n`);
    for (const error of errors)
      process.stdout.write(`${error.split('\n').slice(0, ERROR_LINES).join('\n')}\n`);
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
