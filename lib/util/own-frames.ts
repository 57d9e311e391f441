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
  Error.stackTraceLimit = FRAMES;
  Error.captureStackTrace(error);
  Error.stackTraceLimit = limit;
  const lines = error.stack?.split("\n") ?? [];
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  if (first < 0) return;
  const frames = lines.slice(first);
  const theirs = frames.filter((line) => !line.includes(OURS) && !line.includes("node:internal"));
  // Where none is left, no caller waits for this: ours are better than nothing.
  const shown = (theirs.length > 0 ? theirs : frames).slice(0, limit);
  error.stack = [...lines.slice(0, first), ...shown].join("\n");
}
