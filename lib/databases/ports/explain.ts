import type { Row } from "./connection.js";

export type ExplainFormat = "text" | "json" | "tree" | "xml" | "yaml";

export interface ExplainSettings {
  /** Runs the query, too. */
  readonly analyze: boolean;
  readonly format: ExplainFormat;
}

/** How an engine is asked how it would run a query. */
export interface Explain {
  /** What goes before the query; throws `NotSupportedError` for what the engine lacks. */
  prefix(settings: ExplainSettings): string;
  /** The answer as text. */
  read(rows: readonly Row[], columns: readonly string[]): string;
}
