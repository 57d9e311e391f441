import type { Features } from "../ports/index.js";

export const sqliteFeatures: Features = {
  insertReturning: true,
  bulkInsertKeys: true,
  selfReferencingWrites: true,
  limitInSubquery: true,
  defaultValues: true,
  defaultKeyword: false,
  maxParameters: 32_766,
  transactionalDdl: true,
  forwardReferences: true,
  indexesUnboundedText: true,
  comments: "none",
  schemas: false,
};
