import type { Features } from "../ports/index.js";

export const postgresFeatures: Features = {
  insertReturning: true,
  insertId: false,
  selfReferencingWrites: true,
  assignsInTurn: false,
  limitInSubquery: true,
  listsOfTuples: true,
  ordersNulls: true,
  outerInDerivedTables: true,
  setOperations: "all",
  materializedCtes: true,
  defaultValues: true,
  rowLocks: true,
  locksOptionalRows: false,
  maxParameters: 65_535,
  forwardReferences: false,
  setsDefaults: true,
  checksWhatIsSetNull: true,
  indexesUnboundedText: true,
  comments: "statement",
};
