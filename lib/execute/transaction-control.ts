import { TransactionError } from "../errors/index.js";

/** BEGIN, COMMIT and the like. Savepoints are the user's own affair, and so is going back to one. */
const CONTROL = /^\s*(?:begin|start\s+transaction|commit|end|abort|rollback)\b(?!(?:\s+(?:work|transaction))?\s+to\b)/i;

/** Refuses SQL of the user's own that would begin or end a transaction that we keep account of. */
export function refuseControl(sql: string): void {
  if (!CONTROL.test(sql)) return;
  const word = /\w+/.exec(sql)?.[0].toUpperCase() ?? "";
  throw new TransactionError(`${word} as SQL of one's own would go past what this library knows of the transaction.`, {
    hint: "Use db.atomic(async (transaction) => { … }), with transaction.commit() and rollback(), or db.transaction().",
  });
}
