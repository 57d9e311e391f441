// Reads a report of vitest's JSON reporter for .ci/run and prints "<passed> <failed> <skipped>", then what failed: each
// test with its file and the first lines of its message.
// A run that broke outside any test (a server that did not start, a file that does not load) counts as a failure.
// The JSON report has no message of a suite whose hooks failed: what the default reporter printed of it is taken from its log.
// Usage: node scripts/count-tests.mjs report.json log.txt
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const linesOfMessage = 60;

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function isFailed(told) {
  return told.status === "failed";
}

function count(report) {
  const failedFiles = report.testResults.filter(
    (result) => isFailed(result) && !result.assertionResults.some(isFailed),
  ).length;
  const failed = report.numFailedTests + failedFiles;
  const brokeElsewhere = failed === 0 && (!report.success || report.numPassedTests === 0);
  return [report.numPassedTests, failed + (brokeElsewhere ? 1 : 0), report.numPendingTests + report.numTodoTests];
}

function firstLines(text) {
  return text
    .split("\n")
    .slice(0, linesOfMessage)
    .map((line) => `    ${line}`)
    .join("\n");
}

function printed(file, log) {
  const lines = log.split("\n");
  const at = lines.findIndex((line) => line.includes("FAIL ") && line.includes(file));
  return at < 0 ? "" : lines.slice(at + 1).join("\n");
}

function failures(report, log) {
  return report.testResults.filter(isFailed).flatMap((result) => {
    const file = relative(process.cwd(), result.name);
    const tests = result.assertionResults.filter(isFailed);
    return tests.length === 0
      ? [`  ${file}\n${firstLines(result.message || printed(file, log))}`]
      : tests.map((test) => `  ${file} > ${test.fullName}\n${firstLines(test.failureMessages.join("\n"))}`);
  });
}

const report = read(process.argv[2]);
console.log((report === undefined ? [0, 1, 0] : count(report)).join(" "));
for (const failure of report === undefined ? [] : failures(report, readFileSync(process.argv[3], "utf8"))) {
  console.log(failure);
}
