import { fileURLToPath } from "node:url";

/** The folder, or in the published package the file, whose frames are ours and not the caller's. */
const OURS = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? ".." : ".", import.meta.url));
const FRAMES = 50;

/**
 * Makes an error whose stack shows the caller's frames and not ours: whoever reads it wants to know which of his lines
 * asked, and our own depth would use up the few frames that are kept.
 */
export function withCallersFrames<T>(make: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  try {
    const made = make();
    if (made instanceof Error) dropOwnFrames(made, limit);
    return made;
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function dropOwnFrames(error: Error, limit: number): void {
  const lines = error.stack?.split("\n") ?? [];
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  if (first < 0) return;
  const theirs = lines.slice(first).filter((line) => !line.includes(OURS) && !line.includes("node:internal"));
  // Where none is left, the query was not started by code that waits for it: ours are better than nothing.
  if (theirs.length > 0) error.stack = [...lines.slice(0, first), ...theirs.slice(0, limit)].join("\n");
}
