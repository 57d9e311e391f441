import type { Row } from "../ports/index.js";
import { type TextParser, textParser } from "./text-parsers.js";

/** What is used of pg's connection: the messages that `pg-cursor` sends by it, too. */
interface Wire {
  readonly stream: { cork?(): void; uncork?(): void };
  /** pg's own notes: text by name of what the server has prepared. */
  readonly parsedStatements: Record<string, string>;
  query(text: string): void;
  close(message: { type: "S"; name: string }): void;
  parse(message: { name: string; text: string; types?: undefined }): void;
  bind(message: { statement: string; values: readonly unknown[] }): void;
  describe(message: { type: "P"; name: string }): void;
  execute(message: object): void;
  sync(): void;
  sendCopyFail(reason: string): void;
}

/** A column of an answer, as the server describes it. */
interface FieldDescription {
  readonly name: string;
  readonly dataTypeID: number;
}

/** The columns of an answer, and the parsers of those that do not stay text. */
export interface Shape {
  readonly columns: readonly string[];
  readonly positions: readonly number[];
  readonly parsers: readonly TextParser[];
}

/** A statement that was seen on a connection. Its name may be kept prepared by the server. */
export interface NamedStatement {
  /** "" until it is seen again: what runs once only is not kept prepared. */
  name: string;
  isPrepared: boolean;
  /** What its rows look like, as soon as that is known. */
  shape: Shape | null;
}

const NO_COLUMNS: Shape = { columns: [], positions: [], parsers: [] };

type Settled = (error: Error | null, query: PgQuery) => void;

/**
 * A query as pg's client takes it (`submit` and the handlers are its names), leaner than the driver's own: rows stay the
 * arrays that were read, and what is known of a named statement is neither sent nor asked for again.
 */
export class PgQuery {
  /** Set while the statement is being prepared: under this name pg notes that it was. */
  name: string | undefined = undefined;
  readonly text: string;
  /** pg puts its own in between where a query has a time limit. */
  callback: Settled;
  readonly #values: readonly unknown[];
  readonly #statement: NamedStatement | null;
  /** Names to be given up on the way. */
  readonly #closing: readonly string[];
  #wire: Wire | null = null;
  #shape: Shape;
  #received: unknown[][] = [];
  #tag = "";
  #complete = false;

  constructor(
    text: string,
    values: readonly unknown[],
    statement: NamedStatement | null,
    closing: readonly string[],
    callback: Settled,
  ) {
    this.text = text;
    this.callback = callback;
    this.#values = values;
    this.#statement = statement;
    this.#closing = closing;
    this.#shape = statement?.shape ?? NO_COLUMNS;
  }

  /** "SELECT 3", "INSERT 0 1", "COMMIT"; of several statements, the last one's. */
  get tag(): string {
    return this.#tag;
  }

  get answeredRows(): readonly Row[] {
    return this.#received;
  }

  get columns(): readonly string[] {
    return this.#shape.columns;
  }

  /** Rows inserted, updated or deleted; 0 for a query. */
  get affected(): number {
    const tag = this.#tag;
    return tag.startsWith("SELECT") ? 0 : Number(tag.slice(tag.lastIndexOf(" ") + 1)) || 0;
  }

  /** True once the server has prepared the statement under the name that this query was to give it. */
  get wasPrepared(): boolean {
    return this.name !== undefined && this.#wire?.parsedStatements[this.name] !== undefined;
  }

  /** What the statement's rows look like, once the server has told. */
  get shape(): Shape | null {
    return this.#complete || this.#shape !== NO_COLUMNS ? this.#shape : null;
  }

  submit(connection: unknown): null {
    const wire = connection as Wire;
    this.#wire = wire;
    if (this.#statement === null && this.#values.length === 0) wire.query(this.text);
    else this.#submitExtended(wire);
    return null;
  }

  #submitExtended(wire: Wire): void {
    const statement = this.#statement;
    const name = statement?.name ?? "";
    // One packet for all messages.
    wire.stream.cork?.();
    for (const closed of this.#closing) wire.close({ type: "S", name: closed });
    if (statement?.isPrepared !== true) {
      if (name !== "") this.name = name;
      wire.parse({ name, text: this.text });
    }
    wire.bind({ statement: name, values: this.#values });
    if ((statement?.shape ?? null) === null) wire.describe({ type: "P", name: "" });
    wire.execute({});
    wire.sync();
    wire.stream.uncork?.();
  }

  handleRowDescription({ fields }: { fields: readonly FieldDescription[] }): void {
    this.#begin();
    this.#shape = shapeOf(fields);
  }

  handleDataRow({ fields }: { fields: unknown[] }): void {
    const { positions, parsers } = this.#shape;
    for (let index = 0; index < positions.length; index += 1) {
      const at = positions[index]!;
      const text = fields[at];
      if (text !== null) fields[at] = parsers[index]!(text as string);
    }
    this.#received.push(fields);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#begin();
    this.#tag = text;
    this.#complete = true;
  }

  handleEmptyQuery(): void {
    this.#begin();
    this.#complete = true;
  }

  handleReadyForQuery(): void {
    this.callback(null, this);
  }

  handleError(error: Error): void {
    this.callback(error, this);
  }

  /** Only cursors limit the rows of one answer. */
  handlePortalSuspended(): void {}

  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail("COPY FROM STDIN takes a client that sends data.");
  }

  handleCopyData(): void {}

  /** Text of several statements is answered one by one, and the last answer is kept. */
  #begin(): void {
    if (!this.#complete) return;
    this.#complete = false;
    this.#shape = NO_COLUMNS;
    this.#received = [];
  }
}

function shapeOf(fields: readonly FieldDescription[]): Shape {
  const positions: number[] = [];
  const parsers: TextParser[] = [];
  fields.forEach(({ dataTypeID }, position) => {
    const parse = textParser(dataTypeID);
    if (parse === null) return;
    positions.push(position);
    parsers.push(parse);
  });
  return { columns: fields.map((field) => field.name), positions, parsers };
}
