import { NotSupportedError } from "../errors/index.js";
import type { TransactionSettings } from "./ports/index.js";

/** Refuses what only SQLite has. */
export function refuseLockMode({ lockMode }: TransactionSettings, label: string): void {
  if (lockMode === undefined) return;
  throw new NotSupportedError(`lockMode: "${lockMode}" is SQLite's alone, and this database is on ${label}.`, {
    hint: "It locks rows and not files: leave the option out, or lock rows with selectForUpdate().",
  });
}
