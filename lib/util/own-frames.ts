import { fileURLToPath } from "node:url";

/** The folder, or in the published package the file, whose frames are ours and not the caller's. */
const OURS = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? ".." : ".", import.meta.url));
const FRAMES = 100;

/**
 * Gives an error a stack of the caller's frames without ours: whoever reads it wants to know which of his lines asked,
 * and our own depth would use up the few frames that are kept.
 */
export function showCallersFrames(error: Error): void {
  const limit = Error.stackTraceLimit;
  const lines = linesOf(error);
  const first = lines.findIndex(isFrame);
  if (first < 0) return;
  const frames = lines.slice(first);
  const theirs = frames.filter(isCallers);
  // Where none is left, no caller waits for this: ours are better than nothing.
  const shown = (theirs.length > 0 ? theirs : frames).slice(0, limit);
  error.stack = [...lines.slice(0, first), ...shown].join("\n");
}

/** The same for one that was thrown elsewhere, where its stack has no line of the caller's. */
export function leadToCaller(error: Error): void {
  if (!hasCallersFrames(error)) showCallersFrames(error);
}

/** Steps between a function that throws and its caller's `await`, where async functions in between return promises. */
const STEPS = 6;

/** The same for one that may have been thrown sooner than its caller began to wait for it. */
export async function ledToCaller(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || hasCallersFrames(error)) return error;
  for (let step = 0; step < STEPS; step += 1) await Promise.resolve();
  showCallersFrames(error);
  return error;
}

/** The line of the program, also where it has not yet begun to wait. */
export async function awaitedCallersLine(): Promise<string | null> {
  for (let step = 0; step < STEPS; step += 1) {
    const line = callersLine();
    if (line !== null) return line;
    await Promise.resolve();
  }
  return callersLine();
}

function hasCallersFrames(error: Error): boolean {
  const frames = error.stack?.split("\n").filter(isFrame) ?? [];
  return frames.some(isCallers);
}

/** The line of the program that waits for what is under way, as stacks spell it; null where it cannot be told. */
export function callersLine(): string | null {
  const frame = linesOf(new Error()).find(
    (line) => isFrame(line) && isCallers(line) && !line.includes("at async Promise."),
  );
  return frame === undefined ? null : frame.replace(/^\s+at (async )?/, "");
}

function linesOf(error: Error): string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  Error.captureStackTrace(error);
  Error.stackTraceLimit = limit;
  return error.stack?.split("\n") ?? [];
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

function isCallers(line: string): boolean {
  return !line.includes(OURS) && !line.includes("node:internal");
}
