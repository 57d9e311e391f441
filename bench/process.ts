import { type ChildProcess, fork } from "node:child_process";
import type { Batch, Measured, Order, Streamed } from "./protocol.js";
import type { ShapeGrowth } from "./results.js";
import type { EngineName, WorkName } from "./works.js";

/** The other end of a contestant's process. */
export class ContestantProcess {
  readonly name: string;
  readonly #child: ChildProcess;

  constructor(program: string, name: string, engine: EngineName, url: string) {
    this.name = name;
    this.#child = fork(program, [name, engine, url], { execArgv: ["--expose-gc"], serialization: "advanced" });
  }

  /** What it can do. */
  works(): Promise<readonly WorkName[]> {
    return this.#send({ kind: "works" });
  }

  measure(batch: Batch): Promise<Measured> {
    return this.#send({ kind: "measure", ...batch });
  }

  /** Bytes a run. */
  allocated(batch: Batch): Promise<number> {
    return this.#send({ kind: "allocated", ...batch });
  }

  /** What comes of a run, and the number of rows that it added. */
  check(batch: Batch): Promise<unknown> {
    return this.#send({ kind: "check", ...batch });
  }

  /** Bytes kept by each row of a list. */
  retained(work: WorkName): Promise<number> {
    return this.#send({ kind: "retained", work });
  }

  stream(): Promise<Streamed | null> {
    return this.#send({ kind: "stream" });
  }

  /** What queries cost as ever more of their shapes are seen; `null` where it isn't asked. */
  growShapes(): Promise<ShapeGrowth[] | null> {
    return this.#send({ kind: "shapes" });
  }

  close(): Promise<void> {
    return this.#send({ kind: "close" });
  }

  /** Without waiting: where something went wrong, there is nobody to wait for. */
  end(): void {
    this.#child.kill();
  }

  #send<T>(order: Order): Promise<T> {
    return new Promise((resolve, reject) => {
      const failed = (): void => reject(new Error(`The process of ${this.name} has ended.`));
      if (!this.#child.connected) return failed();
      this.#child.once("exit", failed);
      this.#child.once("message", (message: { answer?: T; error?: string }) => {
        this.#child.off("exit", failed);
        if (message.error === undefined) resolve(message.answer as T);
        else reject(new Error(`${this.name}: ${message.error}`));
      });
      this.#child.send(order);
    });
  }
}
