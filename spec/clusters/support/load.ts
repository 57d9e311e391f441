import { CommitUnknownError, ConnectionError, type Database, fields, manager, Model } from "dunder-orm";

/** What writers write: nothing keeps a token from being written twice, so that it would show. */
export class Entry extends Model("cluster_entry", {
  id: fields.integer({ primaryKey: true }),
  token: fields.integer(),
}) {
  static objects = manager(this);
}

interface Acknowledged {
  readonly token: number;
  readonly at: number;
}

/** Writers and readers that go on whatever happens, and keep account of it. */
export class Load {
  readonly acknowledged: Acknowledged[] = [];
  /** Tokens of which nobody can tell whether they were written, and those that were not. */
  readonly unknown: number[] = [];
  readonly failed: number[] = [];
  /** Errors that are of no lost server. */
  readonly surprises: unknown[] = [];
  reads = 0;
  readonly #db: Database;
  #token = 0;
  #isOver = false;
  readonly #workers: Promise<void>[] = [];

  constructor(db: Database) {
    this.#db = db;
    for (let count = 0; count < 2; count += 1) {
      this.#workers.push(
        this.#write((token) => Entry.objects.using(db).create({ token })),
        this.#write((token) => db.atomic(() => Entry.objects.using(db).create({ token }), { retries: 5 })),
        this.#read(),
      );
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#workers);
  }

  async #write(write: (token: number) => Promise<unknown>): Promise<void> {
    while (!this.#isOver) {
      const token = (this.#token += 1);
      try {
        await write(token);
        this.acknowledged.push({ token, at: performance.now() });
      } catch (error) {
        if (error instanceof CommitUnknownError) this.unknown.push(token);
        else if (error instanceof ConnectionError) this.failed.push(token);
        else this.surprises.push(error);
      }
    }
  }

  async #read(): Promise<void> {
    while (!this.#isOver) {
      try {
        await Entry.objects.using(this.#db).count();
        this.reads += 1;
      } catch (error) {
        this.surprises.push(error);
      }
    }
  }
}
