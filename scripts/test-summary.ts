/**
 * What test runs came to: every test that failed with the beginning of its errors, then one line with the counts.
 *
 *     npx tsx scripts/test-summary.ts <report.json> ...
 *
 * The reports are those of vitest's `json` reporter. One that is not there is a run that never got to its end: it
 * counts as one failure, and so does a file that failed before its first test or after its last. A test that passed when
 * it was tried again is named, and counts as passed. Exits with 1 when anything failed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { JsonTestResults } from 'vitest/reporters';

interface Finding {
  readonly verdict: 'FAILED' | 'PASSED WHEN TRIED AGAIN';
  readonly what: string;
  readonly errors: readonly string[];
}

/** Enough for an assertion with its difference; the whole of it stands further up. */
const ERROR_LINES = 25;

function findingsOf({ testResults }: JsonTestResults): Finding[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const ofTests = assertionResults
      .filter((test) => test.status === 'failed' || test.failureMessages?.length)
      .map((test): Finding => {
        const verdict = test.status === 'failed' ? 'FAILED' : 'PASSED WHEN TRIED AGAIN';
        return { verdict, what: `${file} > ${test.fullName}`, errors: test.failureMessages ?? [] };
      });
    const inTests = ofTests.some(({ verdict }) => verdict === 'FAILED');
    if (status !== 'failed' || inTests) return ofTests;
    return [...ofTests, { verdict: 'FAILED', what: file, errors: [message] }];
  });
}

const NO_REPORT: Finding = {
  verdict: 'FAILED',
  what: 'the run itself',
  errors: ['it left no report'],
};

let passed = 0;
let failed = 0;
for (const path of process.argv.slice(2)) {
  const report = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as JsonTestResults) : undefined;
  const findings = report ? findingsOf(report) : [NO_REPORT];
  passed += report?.numPassedTests ?? 0;
  failed += findings.filter(({ verdict }) => verdict === 'FAILED').length;
  for (const { verdict, what, errors } of findings) {
    process.stdout.write(`\n${verdict} (${path}) ${what}\n`);
    for (const error of errors)
      process.stdout.write(`${error.split('\n').slice(0, ERROR_LINES).join('\n')}\n`);
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
