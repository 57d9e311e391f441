import type { Features } from "../ports/index.js";
import type { Flavour } from "./flavour.js";

export function mysqlFeatures({ insertReturning }: Flavour): Features {
  return {
    insertReturning,
    bulkInsertKeys: insertReturning,
    selfReferencingWrites: false,
    limitInSubquery: false,
    defaultValues: false,
    defaultKeyword: true,
    maxParameters: 65_535,
    transactionalDdl: false,
    forwardReferences: false,
    indexesUnboundedText: false,
    comments: "inline",
    schemas: true,
  };
}
