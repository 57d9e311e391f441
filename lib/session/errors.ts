import { OrmError } from "../errors/index.js";

/** A session, or an object of one, used in a way it cannot work. */
export class SessionError extends OrmError {}

/** What is thrown where a row of a session, or rows of a model by its name, would be written past it. */
export function writesPast(what: { toString(): string } | string): SessionError {
  const hint =
    typeof what === "string"
      ? `Add objects, session.addAll(rows), and await session.flush(); or run it as it is, in the session's transaction, of ` +
        `which objects know nothing: await session.run(() => ${what}.objects.…).`
      : "Change it and await session.flush(), have it deleted by session.delete(row), or let it go by session.expunge(row).";
  return new SessionError(`${what.toString()} is of a session, and this would write past it.`, { hint });
}

/** What is thrown where those whom a session calls while it works would end it. */
export function isAtWork(): SessionError {
  return new SessionError("The session is at work: what it does is undone if this throws.");
}

/** A flush or a commit failed: the session does nothing more until `await session.rollback()`. */
export class PendingRollbackError extends SessionError {}

/** Rows wait for each other's keys, and none of the foreign keys between them may be null. */
export class CircularDependencyError extends SessionError {}
