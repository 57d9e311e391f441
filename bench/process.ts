import { type ChildProcess, fork } from "node:child_process";
import type { Batch, Measured, Order } from "./protocol.js";
import type { ContestantName, EngineName } from "./works.js";

/** The other end of a contestant's process. */
export class ContestantProcess {
  readonly name: ContestantName;
  readonly #child: ChildProcess;

  constructor(program: string, name: ContestantName, engine: EngineName, url: string) {
    this.name = name;
    this.#child = fork(program, [name, engine, url], { execArgv: ["--expose-gc"], serialization: "advanced" });
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

  close(): Promise<void> {
    return this.#send({ kind: "close" });
  }

  #send<T>(order: Order): Promise<T> {
    return new Promise((resolve, reject) => {
      const failed = (): void => reject(new Error(`The process of ${this.name} has ended.`));
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
