const SCOPES =
  "No thread or task has a connection of its own here: what is awaited inside db.atomic(…) shares one, and nothing else " +
  "sees it. Leave it out.";

/** What options of peewee, of Django and of drivers' pools are called here; sought without their underscores. */
const INSTEAD: Readonly<Record<string, string>> = {
  threadlocals: SCOPES,
  checksamethread: SCOPES,
  threadsafe: SCOPES,
  maxconnections: "It is pool: { max }.",
  minconnections: "It is pool: { min }.",
  poolsize: "It is pool: { max }.",
  connectionlimit: "It is pool: { max }.",
  timeout: "For how long to wait for a connection is pool: { acquireTimeout }, and for a statement statementTimeout.",
  acquiretimeoutmillis: "It is pool: { acquireTimeout }.",
  idletimeoutmillis: "It is pool: { idleTimeout }.",
  connmaxage: "It is pool: { staleTimeout }, in milliseconds.",
  maxlifetime: "It is pool: { staleTimeout }, in milliseconds.",
  connhealthchecks: "It is pool: { pingAfter }, the milliseconds unused after which a connection is asked.",
  poolpreping: "It is pool: { pingAfter }, the milliseconds unused after which a connection is asked.",
  autorollback: "An error inside db.atomic(…) undoes it always. Leave it out.",
};
const OF_POOL = ["max", "min", "acquireTimeout", "idleTimeout", "staleTimeout", "pingAfter", "traceHolders"];

/** A sentence for those who come with an option of another library; null for what is none. */
export function foreignOption(name: string): string | null {
  const known = name.replaceAll("_", "").toLowerCase();
  if (Object.hasOwn(INSTEAD, known)) return INSTEAD[known] as string;
  const own = OF_POOL.find((option) => option.toLowerCase() === known);
  return own === undefined ? null : `It is pool: { ${own} }, in milliseconds.`;
}
