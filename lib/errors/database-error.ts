import { OrmError } from "./orm-error.js";

/** What is known about an error that an engine answered with. */
export interface DatabaseErrorDetails {
  /** The driver's own error. */
  readonly cause?: unknown;
  readonly hint?: string;
  /** The statement that failed, with placeholders: values are never part of an error. */
  readonly sql?: string;
  /** The violated constraint's name, where the engine tells it. */
  readonly constraint?: string;
  readonly table?: string;
  readonly columns?: readonly string[];
  /** The engine's own code: a SQLSTATE, an errno or a SQLite result code name. */
  readonly code?: string | number;
}

/** An error answered by a database engine; its subclasses are the same on every engine. */
export class DatabaseError extends OrmError {
  readonly sql: string | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly columns: readonly string[];
  readonly code: string | number | undefined;

  constructor(message: string, details: DatabaseErrorDetails = {}) {
    super(message, details);
    this.sql = details.sql;
    this.constraint = details.constraint;
    this.table = details.table;
    this.columns = details.columns ?? [];
    this.code = details.code;
  }
}

/** A constraint, or a trigger, refused a write. */
export class IntegrityError extends DatabaseError {}
/** Two rows may not share these values. */
export class UniqueViolation extends IntegrityError {
  constructor(message: string, details: DatabaseErrorDetails = {}) {
    super(
      message,
      hinted(details, "A row has these values already: getOrCreate(…) finds it, upsert(…) writes over it."),
    );
  }
}
/** A foreign key points at no row, or a row still pointed at was deleted. */
export class ForeignKeyViolation extends IntegrityError {
  constructor(message: string, details: DatabaseErrorDetails = {}) {
    super(
      message,
      hinted(details, "A row that is pointed at does not exist, or one to be deleted is still pointed at."),
    );
  }
}
/** A column that takes no NULL was given none. */
export class NotNullViolation extends IntegrityError {
  constructor(message: string, details: DatabaseErrorDetails = {}) {
    super(message, hinted(details, "Give the column a value; a field with null: true needs none."));
  }
}
/** A check constraint refused the row. */
export class CheckViolation extends IntegrityError {
  constructor(message: string, details: DatabaseErrorDetails = {}) {
    super(message, hinted(details, "The check of this name says what rows of the table have to keep to."));
  }
}

function hinted(details: DatabaseErrorDetails, hint: string): DatabaseErrorDetails {
  return details.hint === undefined ? { ...details, hint } : details;
}

/** A value that its column cannot hold, or that is none of its type: too long, too large, malformed. */
export class DataError extends DatabaseError {}

/** Something about the running of the database rather than about the query's meaning. */
export class OperationalError extends DatabaseError {}
/** The server could not be reached, refused the log-in, or closed the connection. */
export class ConnectionError extends OperationalError {}
/** No pooled connection became free in time. */
export class PoolTimeoutError extends OperationalError {}
/** A statement ran longer than allowed and was stopped. */
export class QueryTimeoutError extends OperationalError {}
/** An `AbortSignal` stopped it; its reason is the `cause`. */
export class AbortError extends OperationalError {}
/**
 * The connection was lost while a transaction was being committed: nobody can tell whether it was. It is never run again
 * by itself; look what is there first.
 */
export class CommitUnknownError extends OperationalError {}
/** The engine chose this transaction as the victim of a deadlock; run the whole transaction again. */
export class DeadlockError extends OperationalError {}
/** Concurrent transactions could not be put in an order; run the whole transaction again. */
export class SerializationError extends OperationalError {}
/** A lock was not free at once, or not within the lock timeout. */
export class LockNotAvailable extends OperationalError {}
