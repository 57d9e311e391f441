import type { OperationNode } from "kysely";
import { NotSupportedError } from "../../errors/index.js";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { LockClause } from "../ports/index.js";
import type { Flavour } from "./flavour.js";

const WAIT = { wait: literalNode(""), nowait: literalNode(" nowait"), skip: literalNode(" skip locked") };

/** MariaDB spells a shared lock as MySQL once did, and cannot name tables. */
export function lockClause(flavour: Flavour, { strength, wait, tables }: LockClause): OperationNode {
  if (strength === "noKeyUpdate") throw lacks(flavour, "noKey", "Leave it out: the rows are then locked as a whole.");
  if (tables !== null && flavour.isMariadb) {
    throw lacks(flavour, "of", "Leave it out, which locks the rows of all tables in the query, or select less along.");
  }
  if (wait === "skip" && !flavour.skipsLocked) {
    throw lacks(flavour, "skipLocked", "Use nowait, or MariaDB 10.6 or newer.");
  }
  const shared = flavour.isMariadb ? "lock in share mode" : "for share";
  const lock = literalNode(strength === "share" ? shared : "for update");
  const of = tables === null ? literalNode("") : sqlNode` of ${joinedNode(tables, ", ")}`;
  return sqlNode`${lock}${of}${WAIT[wait]}`;
}

function lacks({ label }: Flavour, option: string, hint: string): NotSupportedError {
  return new NotSupportedError(`${label} has no selectForUpdate({ ${option} }).`, { hint });
}
