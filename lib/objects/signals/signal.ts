import { ConfigurationError } from "../../errors/index.js";
import { DEFINITION, META, type ModelMeta } from "../../models/index.js";
import { printable } from "../../util/printable.js";

type Receiver = (event: object) => unknown;
type ModelClass = ModelMeta["model"];

interface Connection {
  /** null for all models. */
  readonly model: ModelClass | null;
  readonly receiver: Receiver;
}

/** How often receivers were connected or disconnected: what was made knowing of them is made again. */
let generation = 0;

/** How many receivers there are of any signal: none is told at no cost. */
export let connections = 0;

export function signalGeneration(): number {
  return generation;
}

/** What receivers are connected to. They are called one after another, in the order in which they were. */
export class Signal {
  readonly #name: string;
  #connections: readonly Connection[] = [];
  #heard = new Map<ModelMeta, readonly Receiver[]>();

  constructor(name: string) {
    this.#name = name;
  }

  connect(...given: readonly unknown[]): () => void {
    const model = given.length > 1 ? modelOf(this.#name, given[0]) : null;
    const receiver = this.#receiverOf(given.at(-1));
    const isThere = this.#connections.some((one) => one.model === model && one.receiver === receiver);
    if (!isThere) this.#change([...this.#connections, { model, receiver }]);
    return () => {
      this.#change(this.#connections.filter((one) => one.model !== model || one.receiver !== receiver));
    };
  }

  disconnect(receiver: unknown): boolean {
    const left = this.#connections.filter((one) => one.receiver !== receiver);
    if (left.length === this.#connections.length) return false;
    this.#change(left);
    return true;
  }

  #change(connected: readonly Connection[]): void {
    connections += connected.length - this.#connections.length;
    this.#connections = connected;
    this.#heard = new Map();
    generation += 1;
  }

  #receiverOf(given: unknown): Receiver {
    if (typeof given === "function" && !(DEFINITION in given)) return given as Receiver;
    throw new ConfigurationError(
      `${this.#name}.connect(Model, receiver): expected a function that takes what happened, got ${printable(given)}.`,
    );
  }

  /** True where somebody wants to hear of rows of a model. */
  hears(meta: ModelMeta): boolean {
    return this.#connections.length > 0 && this.#receiversOf(meta).length > 0;
  }

  /** The same for rows that may be of a class extending the model's, too: of one of its variants. */
  mayHear({ model }: ModelMeta): boolean {
    return this.#connections.some((one) => one.model === null || isA(model, one.model) || isA(one.model, model));
  }

  async send(meta: ModelMeta, event: object): Promise<void> {
    if (this.#connections.length === 0) return;
    for (const receiver of this.#receiversOf(meta)) await receiver(event);
  }

  /** Tells of rows that are written together: each receiver of those that are of its model. */
  async sendRows(rows: readonly object[], event: object): Promise<void> {
    for (const { model, receiver } of this.#connections) {
      const own = rows.filter((row) => model === null || isRowOf(row, model));
      if (own.length > 0) await receiver({ rows: own, ...event });
    }
  }

  #receiversOf(meta: ModelMeta): readonly Receiver[] {
    const known = this.#heard.get(meta);
    if (known !== undefined) return known;
    const connected = this.#connections.filter(({ model }) => model === null || isA(meta.model, model));
    const receivers = connected.map(({ receiver }) => receiver);
    this.#heard.set(meta, receivers);
    return receivers;
  }
}

function modelOf(name: string, given: unknown): ModelClass {
  if (typeof given === "function" && DEFINITION in given) return given as unknown as ModelClass;
  throw new ConfigurationError(`${name}.connect(Model, receiver): expected a model's class, got ${printable(given)}.`);
}

function isRowOf(row: object, model: ModelClass): boolean {
  return isA((row as { readonly [META]: ModelMeta })[META].model, model);
}

function isA(model: ModelClass, other: ModelClass): boolean {
  return model === other || model.prototype instanceof other;
}

/** What there is to hear of; `signals.ts` has them typed, for users. */
export const heard = {
  preSave: new Signal("preSave"),
  postSave: new Signal("postSave"),
  preDelete: new Signal("preDelete"),
  postDelete: new Signal("postDelete"),
  m2mChanged: new Signal("m2mChanged"),
  preBulkCreate: new Signal("preBulkCreate"),
  postBulkCreate: new Signal("postBulkCreate"),
  preUpdate: new Signal("preUpdate"),
  postUpdate: new Signal("postUpdate"),
  preBulkUpdate: new Signal("preBulkUpdate"),
  postBulkUpdate: new Signal("postBulkUpdate"),
} as const;

/** True where saving rows of a model is heard of, and so done one by one, in a transaction. */
export function savesAloud(meta: ModelMeta): boolean {
  return heard.preSave.hears(meta) || heard.postSave.hears(meta);
}

/** True where deleting rows of a model may be heard of: they are read before. */
export function deletesAloud(meta: ModelMeta): boolean {
  return heard.preDelete.mayHear(meta) || heard.postDelete.mayHear(meta);
}

/** True where rows of a model that are inserted many at a time may be heard of. */
export function createsManyAloud(meta: ModelMeta): boolean {
  return connections > 0 && (heard.preBulkCreate.mayHear(meta) || heard.postBulkCreate.mayHear(meta));
}

/** True where updates of a model's querysets are heard of. */
export function updatesAloud(meta: ModelMeta): boolean {
  return connections > 0 && (heard.preUpdate.hears(meta) || heard.postUpdate.hears(meta));
}

/** True where rows of a model that are updated many at a time may be heard of. */
export function updatesManyAloud(meta: ModelMeta): boolean {
  return connections > 0 && (heard.preBulkUpdate.mayHear(meta) || heard.postBulkUpdate.mayHear(meta));
}
