import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "./account.js";
import type { Certificate } from "./certificate.js";

const PID_FILE = "started.pid";

// The guard waits for its standard input to end, which happens when we close it and also when this process
// dies in any way, SIGKILL included. Then it stops the one server we started and removes the folder.
const GUARD = `
trap '' INT TERM HUP
cat > /dev/null
if [ -s "$1/${PID_FILE}" ]; then
  pid=$(cat "$1/${PID_FILE}")
  kill -s "$2" "$pid" 2> /dev/null
  tries=0
  while kill -0 "$pid" 2> /dev/null && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
  kill -s KILL "$pid" 2> /dev/null
fi
rm -rf "$1"
`;

/** How to start a server inside a `ServerFolder`. */
export interface ServerCommand {
  name: string;
  command: string;
  args: string[];
  /** Resolves once the server answers; throws as long as it does not. */
  ready: () => Promise<void>;
  /** Milliseconds it may take; 60,000 if not told. */
  within?: number;
}

/**
 * A temporary folder with at most one server process in it. `remove()` stops the server and deletes the folder;
 * both happen as well when this process is interrupted or killed.
 */
export class ServerFolder {
  readonly path: string;
  readonly #account: Account | null;
  readonly #guard: ChildProcess;
  #running: { readonly server: ServerCommand; readonly child: ChildProcess } | null = null;

  constructor(prefix: string, account: Account | null, stopSignal: "INT" | "TERM") {
    this.path = mkdtempSync(join(tmpdir(), prefix));
    this.#account = account;
    this.give(this.path);
    this.#guard = spawn("/bin/sh", ["-c", GUARD, "guard", this.path, stopSignal], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#guard.unref();
    (this.#guard.stdin as Socket).unref();
  }

  /** Makes a path in the folder belong to the account the server runs as. */
  give(path: string): void {
    if (this.#account !== null) {
      chownSync(path, this.#account.uid, this.#account.gid);
    }
  }

  /** Writes a certificate and its key; gives their paths. */
  present({ certificate, key }: Certificate): { readonly certificate: string; readonly key: string } {
    const paths = { certificate: join(this.path, "server.crt"), key: join(this.path, "server.key") };
    writeFileSync(paths.certificate, certificate);
    writeFileSync(paths.key, key, { mode: 0o600 });
    for (const path of Object.values(paths)) this.give(path);
    return paths;
  }

  /** Starts the server and waits until it answers; fails with the end of its log when it ends before that. */
  async start(server: ServerCommand): Promise<void> {
    const log = join(this.path, "server.log");
    const child = spawn("/bin/sh", ["-c", 'exec "$@" > "$0" 2>&1', log, server.command, ...server.args], {
      ...this.#account,
      cwd: "/",
      detached: true,
      stdio: "ignore",
    });
    child.unref();
    writeFileSync(join(this.path, PID_FILE), String(child.pid ?? ""));
    this.#running = { server, child };
    await waitUntilReady(server, child, log);
  }

  /** Kills the server with all its processes, and starts it again. */
  async crash(): Promise<void> {
    await this.kill();
    await this.startAgain();
  }

  /** Kills the server with all its processes. */
  async kill(): Promise<void> {
    const { child } = this.#known();
    child.ref();
    const gone = once(child, "exit");
    // It leads a process group of its own, with its helpers in it.
    process.kill(-(child.pid as number), "SIGKILL");
    await gone;
    // Its number may be another process's before long.
    writeFileSync(join(this.path, PID_FILE), "");
  }

  #known(): { readonly server: ServerCommand; readonly child: ChildProcess } {
    if (this.#running === null) throw new Error("Only a server that was started can be killed.");
    return this.#running;
  }

  /**
   * Starts a server that was killed. PostgreSQL's sessions, each in a group of its own, outlive it for a moment, and keep a
   * new one from starting.
   */
  async startAgain(): Promise<void> {
    const { server } = this.#known();
    const deadline = Date.now() + 10_000;
    for (;;) {
      try {
        return await this.start(server);
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async remove(): Promise<void> {
    if (this.#guard.exitCode !== null || this.#guard.signalCode !== null) {
      return;
    }
    this.#guard.ref();
    const gone = once(this.#guard, "exit");
    this.#guard.stdin?.end();
    await gone;
  }
}

async function waitUntilReady(server: ServerCommand, child: ChildProcess, log: string): Promise<void> {
  const { within = 60_000 } = server;
  const deadline = Date.now() + within;
  for (;;) {
    const ended = child.exitCode ?? child.signalCode;
    if (ended !== null) {
      throw new Error(`${server.name} ended at its start (${ended}):\n${readFileSync(log, "utf8").slice(-4000)}`);
    }
    try {
      await server.ready();
      return;
    } catch (cause) {
      if (Date.now() > deadline) {
        const said = readFileSync(log, "utf8").slice(-4000);
        throw new Error(`${server.name} did not answer within ${within} ms:\n${said}`, { cause });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
