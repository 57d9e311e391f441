import type { NodeEvent } from "../replica-options.js";
import type { Connection, Engine, Replication, Standing } from "../ports/index.js";
import { ConfigurationError, ConnectionError } from "../../errors/index.js";
import type { ClusterNode } from "./cluster-node.js";
import { told } from "../../util/told.js";

/** Milliseconds that a server has for saying how it is. */
const PROBE_TIME = 1000;
/** Milliseconds until a replica that was lost is looked at for the first time, and at most between two looks. */
const FIRST_LOOK = 50;
const LONGEST_PAUSE = 10_000;

export interface RosterSettings {
  /** The primary, as it is named, comes first. */
  readonly nodes: readonly ClusterNode[];
  /** What the servers are, as far as their URLs tell. */
  readonly engine: Engine;
  readonly replicationOf: (engine: Engine) => Replication;
  readonly onNode: ((event: NodeEvent) => unknown) | undefined;
}

/** Which servers there are, which of them is the primary, and which replicas answer. */
export class Roster {
  readonly nodes: readonly ClusterNode[];
  engine: Engine;
  replication: Replication;
  /** Null while it is looked for. */
  primary: ClusterNode | null;
  /** The one that there was last. */
  lastPrimary: ClusterNode;
  /** How that one stood when it became the primary. */
  reign: Standing | null = null;
  isClosed = false;
  readonly #settings: RosterSettings;
  #readers: readonly ClusterNode[] = [];
  #turn = 0;

  constructor(settings: RosterSettings) {
    this.#settings = settings;
    this.nodes = settings.nodes;
    this.engine = settings.engine;
    this.replication = settings.replicationOf(settings.engine);
    this.lastPrimary = settings.nodes[0] as ClusterNode;
    this.primary = this.lastPrimary;
  }

  /** What the first server to answer was found to be: the others have to be the same. */
  know(engine: Engine): void {
    this.engine = engine;
    this.replication = this.#settings.replicationOf(engine);
  }

  /** Replicas that answer. */
  get readers(): readonly ClusterNode[] {
    return this.#readers;
  }

  /** The replica whose turn it is; null where none answers. */
  next(): ClusterNode | null {
    const readers = this.#readers;
    if (readers.length === 0) return null;
    this.#turn = (this.#turn + 1) % readers.length;
    return readers[this.#turn] as ClusterNode;
  }

  /** A replica answers: it is asked from now on. */
  admit(node: ClusterNode): void {
    node.isHealthy = true;
    node.failures = 0;
    if (!this.#readers.includes(node)) this.#readers = this.nodes.filter((at) => at === node || this.#reads(at));
  }

  /** A replica did not answer, or not as it should: it is not asked until it does again. */
  eject(node: ClusterNode, error: unknown): void {
    if (node === this.primary || !this.#reads(node)) return;
    this.#leave(node);
    this.tell("ejected", node, error);
    this.expect(node);
  }

  /** Looks from time to time whether a replica is back, ever less often. */
  expect(node: ClusterNode): void {
    node.isHealthy = false;
    if (this.isClosed) return;
    const pause = Math.min(FIRST_LOOK * 2 ** node.failures, LONGEST_PAUSE);
    node.failures += 1;
    // Full seconds for nobody: servers that went down together are not asked together.
    node.timer = setTimeout(() => void this.#lookAfter(node), pause * (0.75 + Math.random() / 2));
    node.timer.unref();
  }

  async #lookAfter(node: ClusterNode): Promise<void> {
    const standing = await this.examine(node);
    if (this.isClosed || node === this.primary || node.isHealthy) return;
    if (standing === null || typeof standing === "string" || !this.mayRead(node, standing)) return this.expect(node);
    this.admit(node);
    this.tell("restored", node, null);
  }

  /**
   * Whether a server that stands so may be read. One that takes writes, and did when it was first seen, is a replica by other
   * means than the engine's own; but one that took none before, or was promoted since our primary was, is no copy of that.
   */
  mayRead(node: ClusterNode, standing: Standing): boolean {
    if (!standing.takesWrites) return true;
    if (!node.wasReplica && !this.succeeds(standing)) node.isStandalone = true;
    return node.isStandalone;
  }

  /** True for one of the same data that was promoted after the primary, which is no primary then, whatever it says. */
  succeeds({ takesWrites, family, generation }: Standing): boolean {
    const { reign } = this;
    return takesWrites && reign !== null && family !== null && family === reign.family && generation > reign.generation;
  }

  /** The primary is one no more, or nobody can tell. */
  lose(error: unknown): void {
    const node = this.primary;
    if (node === null) return;
    this.primary = null;
    this.lastPrimary = node;
    node.isHealthy = false;
    void node.drop();
    this.tell("lost", node, error);
  }

  /** A server is the primary from now on; the one before is expected as a replica. */
  promote(node: ClusterNode): void {
    const before = this.primary ?? this.lastPrimary;
    this.#readers = this.#readers.filter((reader) => reader !== node);
    if (node.timer !== null) clearTimeout(node.timer);
    this.primary = node;
    this.lastPrimary = node;
    this.reign = node.standing;
    node.isHealthy = true;
    node.isNow("primary");
    if (before === node) return this.tell("restored", node, null);
    before.isNow("replica");
    before.wasReplica = true;
    before.isStandalone = false;
    this.tell("promoted", node, null);
    if (!this.#reads(before)) this.expect(before);
  }

  /**
   * Asks a server, on a connection of its own, how it stands; "full" where it is well but lets nobody in, null where it does
   * not answer.
   */
  async examine(node: ClusterNode): Promise<Standing | "full" | null> {
    try {
      return await node.probe(PROBE_TIME, (connection) => this.standingOf(node, connection));
    } catch (error) {
      const ours = this.engine.translateError(error, {});
      return ours instanceof ConnectionError && this.replication.refusesGuests(ours.code) ? "full" : null;
    }
  }

  /** How a server stands; throws where it is of another kind than the primary, whose statements it would not understand. */
  async standingOf(node: ClusterNode, connection: Connection): Promise<Standing> {
    const found = await this.engine.identify(connection);
    if (found !== this.engine) throw otherKind(node, found, this.engine);
    const standing = await this.replication.standing(connection);
    node.standing = standing;
    if (!standing.takesWrites) node.wasReplica = true;
    return standing;
  }

  tell(type: NodeEvent["type"], node: ClusterNode, error: unknown): void {
    const { onNode } = this.#settings;
    if (onNode !== undefined) told("onNode", onNode, { type, ...node.told, error });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.#readers = [];
    await Promise.all(this.nodes.map((node) => node.drop()));
  }

  #reads(node: ClusterNode): boolean {
    return this.#readers.includes(node);
  }

  #leave(node: ClusterNode): void {
    this.#readers = this.#readers.filter((reader) => reader !== node);
    void node.drop();
  }
}

function otherKind({ told }: ClusterNode, found: Engine, engine: Engine): ConfigurationError {
  const kinds =
    found.label === engine.label
      ? `is another version of ${engine.label} than the primary`
      : `is ${found.label}, and the primary is ${engine.label}`;
  return new ConfigurationError(`The replica at ${told.address} ${kinds}: it would not understand the same SQL.`, {
    hint: "Name servers that copy the primary.",
  });
}
