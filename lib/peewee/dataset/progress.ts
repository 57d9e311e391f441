import { FieldError } from "../../errors/index.js";
import { printable } from "../../util/printable.js";

/** How far a file is written or read: rows so far, and in all where that is known. */
export interface FileProgress {
  readonly done: number;
  readonly total: number | null;
}

export type OnProgress = (progress: FileProgress) => unknown;

/** What a line is written to, where that is a terminal: `process.stderr`, say. */
export interface Terminal {
  readonly isTTY?: boolean;
  /** How wide it is, where it tells. */
  readonly columns?: number;
  write(text: string): unknown;
}

const WIDTH = 30;

/** Tells of progress: calls a function, and draws a bar where it was asked for one and there is a terminal to see it. */
export class Progress {
  readonly #label: string;
  readonly #onProgress: OnProgress | undefined;
  readonly #terminal: Terminal | null;
  #drawn = "";

  constructor(label: string, onProgress: unknown, bar: unknown) {
    if (onProgress !== undefined && typeof onProgress !== "function") {
      throw new FieldError(`${label}: onProgress is a function, got ${printable(onProgress)}.`);
    }
    this.#label = label;
    this.#onProgress = onProgress as OnProgress | undefined;
    const terminal = terminalOf(label, bar);
    this.#terminal = terminal?.isTTY === true ? terminal : null;
  }

  async tell(progress: FileProgress): Promise<void> {
    this.#draw(progress);
    if (this.#onProgress !== undefined) await this.#onProgress(progress);
  }

  /** Ends the line of the bar. */
  end(): void {
    if (this.#drawn !== "") this.#terminal?.write("\n");
  }

  #draw({ done, total }: FileProgress): void {
    if (this.#terminal === null) return;
    const whole =
      total === null || total === 0
        ? `${this.#label} ${done}`
        : `${this.#label} ${barOf(done / total)} ${done}/${total}`;
    // A line that wraps could not be drawn over.
    const line = whole.slice(0, Math.max((this.#terminal.columns ?? Infinity) - 1, 0));
    if (line === this.#drawn) return;
    this.#terminal.write(`\r${line}`);
    this.#drawn = line;
  }
}

function terminalOf(label: string, bar: unknown): Terminal | null {
  if (bar === undefined || bar === false) return null;
  if (bar === true) return process.stderr;
  if (isTerminal(bar)) return bar;
  throw new FieldError(`${label}: bar is true, false or a terminal, got ${printable(bar)}.`);
}

function isTerminal(given: unknown): given is Terminal {
  return typeof given === "object" && given !== null && "write" in given && typeof given.write === "function";
}

function barOf(share: number): string {
  const full = Math.round(Math.min(share, 1) * WIDTH);
  return `[${"#".repeat(full)}${"-".repeat(WIDTH - full)}]`;
}
