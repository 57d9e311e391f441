import type { Database } from "../objects/instances/database.js";
import { databaseIn, type Engine } from "./engine.js";
import { type Listener, Listeners, type SessionEvent } from "./events.js";
import { Session, type SessionOptions } from "./session.js";

/** Makes sessions that are alike. */
export interface SessionMaker {
  (options?: SessionOptions): Session;
  /** Runs a function with a session of its own, commits after it, or undoes all if it throws, and closes it. */
  begin<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Has a function hear of an event of all these sessions; gives what ends that. */
  on<E extends SessionEvent>(event: E, listener: Listener<E, Session>): () => void;
}

/**
 * Says once how sessions are to be made.
 *
 * @example
 * ```ts no-run
 * const Session = sessionMaker(engine);
 * await Session.begin(async (session) => {
 *   session.add(new Artist({ name: "Anderson" }));
 * });
 * ```
 * As SQLAlchemy's `sessionmaker`.
 * @throws ConfigurationError for what is no engine, and for unknown options.
 */
export function sessionMaker(engine: Engine | Database, options: SessionOptions = {}): SessionMaker {
  const database = databaseIn(engine, "sessionMaker(engine)");
  const listeners = new Listeners();
  const make = (own: SessionOptions = {}): Session => new Session(database, { ...options, ...own }, listeners);
  make();
  const begin = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const session = make();
    try {
      const result = await work(session);
      await session.commit();
      return result;
    } finally {
      await session.close();
    }
  };
  const on = (event: string, listener: (event: never) => unknown): (() => void) => listeners.on(event, listener);
  return Object.assign(make, { begin, on }) as SessionMaker;
}
