import { ConnectionError } from "../errors/index.js";

/** Which server a message is about. No password ever comes near it. */
export interface Target {
  /** "PostgreSQL" */
  readonly label: string;
  /** "127.0.0.1:5432", or a socket's path. */
  readonly address: string;
  readonly user: string | undefined;
  readonly database: string | undefined;
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "the host's name is unknown",
  EAI_AGAIN: "the host's name could not be looked up",
  ETIMEDOUT: "there was no answer in time",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ENOENT: "there is no such socket",
  EACCES: "access to the socket is denied",
  ECONNRESET: "the server closed the connection at once",
  EPIPE: "the server closed the connection at once",
};

const LOST = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ECONNABORTED", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"]);

/** The code of an error of Node's, looked for inside an `AggregateError` too (a host with several addresses). */
function errorCode(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}

/** True for an error of the network that ends an open connection. */
export function isLostConnection(error: unknown): boolean {
  const code = errorCode(error);
  return code !== undefined && LOST.has(code);
}

/** What to throw when a connection could not be made for a reason of the network; null when it was another one. */
export function unreachable(error: unknown, target: Target): ConnectionError | null {
  const code = errorCode(error);
  const reason = code === undefined ? undefined : UNREACHABLE[code];
  if (code === undefined || reason === undefined) return null;
  return new ConnectionError(`${target.label} at ${target.address} cannot be reached: ${reason} (${code}).`, {
    cause: error,
    code,
    hint: "Check that the server is running, and the host and port in the database's URL.",
  });
}

/** Something answered, or hung up, as no server of that kind does. */
export function hungUp(cause: unknown, target: Target): ConnectionError {
  return new ConnectionError(`${target.label} at ${target.address} ended the connection before the log-in.`, {
    cause,
    hint: `Check that it is ${target.label} that listens there, and that it lets this address in.`,
  });
}

/** How an engine's users say how much of TLS they want. */
export interface TlsSetting {
  /** In the database's URL: "sslmode=disable". */
  readonly off: string;
  /** What trusts any certificate: "sslmode=no-verify in the URL". */
  readonly unchecked: string;
}

export function noTls(cause: unknown, target: Target, { off }: TlsSetting): ConnectionError {
  return new ConnectionError(`${target.label} at ${target.address} has no TLS, which the database's URL asks for.`, {
    cause,
    hint: `Switch it on at the server, or say ${off} in the URL where the network can be trusted.`,
  });
}

const CERTIFICATE = /certificate|CERT_|^ERR_SSL|^ERR_TLS|ISSUER/i;

/** What to throw where the server's certificate is not trusted; null where it was something else. */
export function untrusted(error: unknown, target: Target, { unchecked }: TlsSetting): ConnectionError | null {
  const { code, message } = error as { code?: unknown; message?: string };
  if (!CERTIFICATE.test(String(code)) && !CERTIFICATE.test(message ?? "")) return null;
  return new ConnectionError(
    `The TLS certificate of ${target.label} at ${target.address} is not trusted: ${message}.`,
    {
      cause: error,
      code: typeof code === "string" ? code : undefined,
      hint:
        "Have Node.js know the authority (NODE_EXTRA_CA_CERTS), connect by the name that is in the certificate, " +
        `or leave it unchecked: ${unchecked}.`,
    },
  );
}

/** The server knows us but will not let us in. */
export function refusedLogIn(
  cause: unknown,
  target: Target,
  code: string | number,
  hint = "Check user and password, and that this user may connect to this database from here.",
): ConnectionError {
  const user = target.user === undefined ? "without a user" : `of user "${target.user}"`;
  return new ConnectionError(`${target.label} at ${target.address} refused the log-in ${user}${to(target)}.`, {
    cause,
    code,
    hint,
  });
}

export function unknownDatabase(cause: unknown, target: Target, code: string | number): ConnectionError {
  return new ConnectionError(`${target.label} at ${target.address} has no database "${target.database ?? ""}".`, {
    cause,
    code,
    hint: "Create it on the server, or correct the name at the end of the database's URL.",
  });
}

function to(target: Target): string {
  return target.database === undefined ? "" : ` to database "${target.database}"`;
}
