import type { Features } from "../ports/index.js";

export const postgresFeatures: Features = {
  insertReturning: true,
  bulkInsertKeys: true,
  selfReferencingWrites: true,
  limitInSubquery: true,
  defaultValues: true,
  defaultKeyword: true,
  maxParameters: 65_535,
  transactionalDdl: true,
  forwardReferences: false,
  indexesUnboundedText: true,
  comments: "statement",
  schemas: true,
};
