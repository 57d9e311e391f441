// Reads a report of vitest's JSON reporter and prints "<passed> <failed> <skipped>" for .ci/run.
// A run that broke outside any test (a server that did not start, a file that does not load) counts as a failure.
// Usage: node scripts/count-tests.mjs report.json
import { readFileSync } from "node:fs";

function count(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return [0, 1, 0];
  }
  const failedFiles = report.testResults.filter(
    (result) => result.status === "failed" && !result.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = report.numFailedTests + failedFiles;
  const brokeElsewhere = failed === 0 && (!report.success || report.numPassedTests === 0);
  return [report.numPassedTests, failed + (brokeElsewhere ? 1 : 0), report.numPendingTests + report.numTodoTests];
}

console.log(count(process.argv[2]).join(" "));
