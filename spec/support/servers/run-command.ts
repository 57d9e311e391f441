import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import type { Account } from "./account.js";

/** How `runCommand` runs a program. */
export interface CommandOptions {
  account?: Account | null;
  env?: NodeJS.ProcessEnv;
  /** A file to read standard input from. */
  input?: string;
}

/** Runs a program to its end and returns what it wrote to standard output; a failure carries all it said. */
export function runCommand(command: string, args: string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options.account,
      env: { ...process.env, ...options.env },
      cwd: "/",
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", (cause) => reject(new Error(`${command} could not be started: ${cause.message}`, { cause })));
    child.once("close", (code, signal) => {
      if (code === 0) {
        resolve(Buffer.concat(stdout).toString());
        return;
      }
      const said = Buffer.concat([...stdout, ...stderr]).toString();
      reject(new Error(`${command} ended with ${signal ?? `code ${code}`}:\n${said.slice(-4000)}`));
    });
    if (options.input !== undefined && child.stdin !== null) {
      child.stdin.on("error", () => undefined); // a program that ends early is reported by its exit code
      createReadStream(options.input).pipe(child.stdin);
    }
  });
}
