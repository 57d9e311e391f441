import type { Features } from "../ports/index.js";
import type { Flavour } from "./flavour.js";

export function mysqlFeatures({ insertReturning, isMariadb, setOperations }: Flavour): Features {
  return {
    insertReturning,
    insertId: true,
    conflictTargets: false,
    schemaEndsTransactions: true,
    conflictsInTurn: true,
    selfReferencingWrites: false,
    readsWhatItUpdates: isMariadb,
    assignsInTurn: true,
    limitInSubquery: false,
    listsOfTuples: true,
    ordersNulls: false,
    outerInDerivedTables: !isMariadb,
    lateralJoins: !isMariadb,
    setOperations,
    materializedCtes: false,
    defaultValues: false,
    rowLocks: true,
    locksAbsentRows: true,
    readsSnapshots: true,
    replaces: true,
    locksOptionalRows: true,
    maxParameters: 65_535,
    // The least that `max_allowed_packet` is by default on any server that we know.
    maxStatementBytes: 4_000_000,
    forwardReferences: false,
    setsDefaults: false,
    checksWhatIsSetNull: false,
    indexesUnboundedText: false,
    comments: "inline",
  };
}
