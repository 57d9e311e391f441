import { OrmError } from "../errors/index.js";

/** A session, or an object of one, used in a way it cannot work. */
export class SessionError extends OrmError {}

/** A flush or a commit failed: the session does nothing more until `await session.rollback()`. */
export class PendingRollbackError extends SessionError {}

/** Rows wait for each other's keys, and none of the foreign keys between them may be null. */
export class CircularDependencyError extends SessionError {}
