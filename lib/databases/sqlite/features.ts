import type { Features } from "../ports/index.js";

export const sqliteFeatures: Features = {
  insertReturning: true,
  insertId: true,
  executeMany: true,
  selfReferencingWrites: true,
  assignsInTurn: false,
  limitInSubquery: true,
  listsOfTuples: false,
  ordersNulls: true,
  outerInDerivedTables: true,
  setOperations: "distinct",
  materializedCtes: true,
  defaultValues: true,
  rowLocks: false,
  locksOptionalRows: false,
  maxParameters: 32_766,
  forwardReferences: true,
  setsDefaults: true,
  checksWhatIsSetNull: true,
  indexesUnboundedText: true,
  comments: "none",
};
