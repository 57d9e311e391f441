import { setTimeout as sleep } from "node:timers/promises";
import { ConfigurationError, ConnectionError } from "../../errors/index.js";
import type { Standing } from "../ports/index.js";
import type { ClusterNode } from "./cluster-node.js";
import type { Roster } from "./roster.js";

/** Milliseconds that replicas have for answering, once the primary has, before a database is taken to be connected. */
const START_TIME = 1000;

/**
 * Connects to the servers. The one that is named as the primary has to be it; or, where another was made the primary since,
 * that one is, if there is no doubt.
 */
export async function assemble(roster: Roster, mayMove: boolean): Promise<void> {
  const [named, ...others] = roster.nodes as [ClusterNode, ...ClusterNode[]];
  const standing = await lookAt(roster, named).catch((error: unknown) => {
    if (mayMove && isUnreachable(roster, error)) return error as Error;
    throw error;
  });
  if (standing instanceof Error || !standing.takesWrites) await findPrimary(roster, standing, mayMove);
  else roster.reign = standing;
  await welcome(
    roster,
    others.filter((node) => node !== roster.primary),
  );
  const successor = others.find((node) => node.standing !== null && roster.succeeds(node.standing));
  if (successor === undefined) return;
  if (mayMove) return roster.promote(successor);
  throw new ConfigurationError(
    `The server at ${named.told.address} is named as the primary, and the one at ${successor.told.address} was made it since.`,
    { hint: "Name the new primary in the database's URL." },
  );
}

/** Looks at a server on a connection of its pool, which is the first one then. */
async function lookAt(roster: Roster, node: ClusterNode): Promise<Standing> {
  const { pool } = node;
  const connection = await pool.acquire();
  try {
    if (roster.nodes.every((at) => at.standing === null)) roster.know(await roster.engine.identify(connection));
    return await roster.standingOf(node, connection);
  } finally {
    pool.release(connection);
  }
}

function isUnreachable(roster: Roster, error: unknown): boolean {
  const ours = roster.engine.translateError(error, {});
  return ours instanceof ConnectionError && !roster.replication.refusesGuests(ours.code);
}

/** Another server may have been made the primary while nobody was here to see it. */
async function findPrimary(roster: Roster, named: Standing | Error, mayMove: boolean): Promise<void> {
  const [primary, ...others] = roster.nodes as [ClusterNode, ...ClusterNode[]];
  const found: ClusterNode[] = [];
  if (mayMove) {
    const looks = Promise.allSettled(others.map((node) => lookAt(roster, node)));
    await Promise.race([looks, sleep(START_TIME)]);
    const copies = named instanceof Error ? provenCopies(others) : others.filter((node) => isSameData(node, named));
    found.push(...copies.filter((node) => node.standing?.takesWrites === true));
  }
  const latest = Math.max(...found.map((node) => node.standing?.generation ?? 0));
  const [promoted, ...rivals] = found.filter((node) => node.standing?.generation === latest);
  if (promoted !== undefined && rivals.length === 0) return roster.promote(promoted);
  if (named instanceof Error) throw named;
  throw new ConfigurationError(
    `The server at ${primary.told.address} is named as the primary, and takes no writes: it is a replica, or read-only.`,
    {
      hint:
        rivals.length > 0
          ? "Several of the replicas take writes, so that none of them is taken for the primary: name it in the database's URL."
          : "Name the primary in the database's URL, and this one among its replicas.",
    },
  );
}

function isSameData({ standing }: ClusterNode, named: Standing): boolean {
  return standing !== null && standing.family === named.family;
}

/** Without a word of the primary's own: those of the same data as a server that is a replica still. */
function provenCopies(nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  const replica = nodes.find(({ standing }) => standing !== null && standing.family !== null && !standing.takesWrites);
  const family = replica?.standing?.family;
  return nodes.filter(({ standing }) => family !== undefined && standing?.family === family);
}

/** Admits the replicas that answer in time; the others are when they do. One of another kind is refused at once. */
async function welcome(roster: Roster, nodes: readonly ClusterNode[]): Promise<void> {
  const waiting = new Set(nodes);
  let isLate = false;
  const looks = nodes.map(async (node) => {
    try {
      const standing = await lookAt(roster, node);
      if (!waiting.delete(node)) return;
      if (roster.mayRead(node, standing)) roster.admit(node);
      else roster.expect(node);
    } catch (error) {
      if (error instanceof ConfigurationError && !isLate) throw error;
      if (waiting.delete(node)) turnAway(roster, node, error);
    }
  });
  try {
    await Promise.race([Promise.all(looks), sleep(START_TIME)]);
  } finally {
    isLate = true;
  }
  for (const node of waiting) {
    waiting.delete(node);
    turnAway(roster, node, new Error(`${node.told.address} did not answer within ${START_TIME} ms.`));
  }
}

function turnAway(roster: Roster, node: ClusterNode, error: unknown): void {
  void node.drop();
  roster.tell("ejected", node, error);
  roster.expect(node);
}
