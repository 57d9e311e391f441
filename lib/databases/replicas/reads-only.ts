import type { Statement } from "../ports/index.js";

/** What is not SQL of the statement's own: names in quotes, texts, comments. Server-side hints are left in. */
const ASIDE = /"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^'\\]|''|\\.)*'|--[^\n]*|\/\*(?!M?!)[^]*?\*\//g;
const READS = /^[\s(]*(?:select|values|table)\b/i;
const WITH = /^[\s(]*with\b/i;
const CHANGES = /\b(?:insert|update|delete|merge|replace|truncate|create|alter|drop)\b/i;
/** Locks, results that are put elsewhere, and variables of the session. */
const LEAVES_TRACES = /\b(?:for\s+(?:no\s+key\s+update|update|key\s+share|share)|lock\s+in\s+share\s+mode|into)\b|:=/i;
/** Functions that change something, or speak of the session that wrote before. */
const OWN_AFFAIRS =
  /\b(?:nextval|setval|currval|lastval|set_config|pg_notify|pg_(?:try_)?advisory\w*|pg_current_wal\w*|get_lock|release_(?:all_)?locks?|is_(?:free|used)_lock|last_insert_id|found_rows|row_count|lo_\w+|dblink\w*)\s*\(/i;

const known = new WeakMap<Statement, boolean>();

/**
 * Whether a statement only reads, by its text. Where that is not certain it is taken for a write: the primary answers both,
 * and a replica refuses what it was given by mistake.
 */
export function readsOnly(statement: Statement): boolean {
  let reads = known.get(statement);
  if (reads === undefined) {
    reads = statement.returnsRows && textReadsOnly(statement.sql);
    known.set(statement, reads);
  }
  return reads;
}

/** A statement that a replica refused, whatever its text. */
export function noteWriter(statement: Statement): void {
  known.set(statement, false);
}

export function textReadsOnly(text: string): boolean {
  const sql = text.replace(ASIDE, " ");
  if (!READS.test(sql) && (!WITH.test(sql) || CHANGES.test(sql))) return false;
  return !LEAVES_TRACES.test(sql) && !OWN_AFFAIRS.test(sql);
}
