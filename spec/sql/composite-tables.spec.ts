import { describe, expect, it } from "vitest";
import { metaOf } from "../../lib/models/index.js";
import { createTableSql, indexStatements } from "../../lib/schema/table-statements.js";
import { Item, Sale } from "./composite-models.js";
import { databases } from "./databases.js";

const models = { Sale, Item };

describe("The table of a model with keys of several columns", () => {
  it.each([
    [
      "sqlite",
      "Sale",
      [
        'CREATE TABLE "sale" ("tenant" integer NOT NULL, "number" integer NOT NULL, "shop_code" varchar(10) NOT NULL, "pickup_code" varchar(10), "named_name" varchar(50), PRIMARY KEY ("tenant", "number"), CONSTRAINT "sale_tenant_shop_code_fk" FOREIGN KEY ("tenant", "shop_code") REFERENCES "shop" ("tenant", "code") ON DELETE CASCADE, CONSTRAINT "sale_tenant_pickup_code_fk" FOREIGN KEY ("tenant", "pickup_code") REFERENCES "shop" ("tenant", "code") ON DELETE RESTRICT, CONSTRAINT "sale_named_name_fk" FOREIGN KEY ("named_name") REFERENCES "shop" ("name") ON DELETE SET NULL)',
        'CREATE INDEX "sale_named_name_idx" ON "sale" ("named_name")',
        'CREATE INDEX "sale_tenant_shop_code_idx" ON "sale" ("tenant", "shop_code")',
        'CREATE INDEX "sale_tenant_pickup_code_idx" ON "sale" ("tenant", "pickup_code")',
      ],
    ],
    [
      "sqlite",
      "Item",
      [
        'CREATE TABLE "item" ("tenant" integer NOT NULL, "sale_number" integer NOT NULL, "position" integer NOT NULL, "replaces_tenant" integer, "replaces_number" integer, PRIMARY KEY ("tenant", "sale_number", "position"), CONSTRAINT "item_tenant_sale_number_fk" FOREIGN KEY ("tenant", "sale_number") REFERENCES "sale" ("tenant", "number") ON DELETE CASCADE, CONSTRAINT "item_replaces_tenant_replaces_number_fk" FOREIGN KEY ("replaces_tenant", "replaces_number") REFERENCES "sale" ("tenant", "number") ON DELETE SET NULL, CONSTRAINT "item_replaces_tenant_replaces_number_uniq" UNIQUE ("replaces_tenant", "replaces_number"))',
      ],
    ],
    [
      "postgres",
      "Sale",
      [
        'CREATE TABLE "sale" ("tenant" integer NOT NULL, "number" integer NOT NULL, "shop_code" varchar(10) COLLATE "C" NOT NULL, "pickup_code" varchar(10) COLLATE "C", "named_name" varchar(50) COLLATE "C", PRIMARY KEY ("tenant", "number"), CONSTRAINT "sale_tenant_shop_code_fk" FOREIGN KEY ("tenant", "shop_code") REFERENCES "shop" ("tenant", "code") ON DELETE CASCADE, CONSTRAINT "sale_tenant_pickup_code_fk" FOREIGN KEY ("tenant", "pickup_code") REFERENCES "shop" ("tenant", "code") ON DELETE RESTRICT, CONSTRAINT "sale_named_name_fk" FOREIGN KEY ("named_name") REFERENCES "shop" ("name") ON DELETE SET NULL)',
        'CREATE INDEX "sale_named_name_idx" ON "sale" ("named_name")',
        'CREATE INDEX "sale_tenant_shop_code_idx" ON "sale" ("tenant", "shop_code")',
        'CREATE INDEX "sale_tenant_pickup_code_idx" ON "sale" ("tenant", "pickup_code")',
      ],
    ],
    [
      "postgres",
      "Item",
      [
        'CREATE TABLE "item" ("tenant" integer NOT NULL, "sale_number" integer NOT NULL, "position" integer NOT NULL, "replaces_tenant" integer, "replaces_number" integer, PRIMARY KEY ("tenant", "sale_number", "position"), CONSTRAINT "item_tenant_sale_number_fk" FOREIGN KEY ("tenant", "sale_number") REFERENCES "sale" ("tenant", "number") ON DELETE CASCADE, CONSTRAINT "item_replaces_tenant_replaces_number_fk" FOREIGN KEY ("replaces_tenant", "replaces_number") REFERENCES "sale" ("tenant", "number") ON DELETE SET NULL, CONSTRAINT "item_replaces_tenant_replaces_number_uniq" UNIQUE ("replaces_tenant", "replaces_number"))',
      ],
    ],
    [
      "mysql",
      "Sale",
      [
        "CREATE TABLE `sale` (`tenant` int NOT NULL, `number` int NOT NULL, `shop_code` varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL, `pickup_code` varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin, `named_name` varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin, PRIMARY KEY (`tenant`, `number`), CONSTRAINT `sale_tenant_shop_code_fk` FOREIGN KEY (`tenant`, `shop_code`) REFERENCES `shop` (`tenant`, `code`) ON DELETE CASCADE, CONSTRAINT `sale_tenant_pickup_code_fk` FOREIGN KEY (`tenant`, `pickup_code`) REFERENCES `shop` (`tenant`, `code`) ON DELETE RESTRICT, CONSTRAINT `sale_named_name_fk` FOREIGN KEY (`named_name`) REFERENCES `shop` (`name`) ON DELETE SET NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin",
        "CREATE INDEX `sale_named_name_idx` ON `sale` (`named_name`)",
        "CREATE INDEX `sale_tenant_shop_code_idx` ON `sale` (`tenant`, `shop_code`)",
        "CREATE INDEX `sale_tenant_pickup_code_idx` ON `sale` (`tenant`, `pickup_code`)",
      ],
    ],
    [
      "mysql",
      "Item",
      [
        "CREATE TABLE `item` (`tenant` int NOT NULL, `sale_number` int NOT NULL, `position` int NOT NULL, `replaces_tenant` int, `replaces_number` int, PRIMARY KEY (`tenant`, `sale_number`, `position`), CONSTRAINT `item_tenant_sale_number_fk` FOREIGN KEY (`tenant`, `sale_number`) REFERENCES `sale` (`tenant`, `number`) ON DELETE CASCADE, CONSTRAINT `item_replaces_tenant_replaces_number_fk` FOREIGN KEY (`replaces_tenant`, `replaces_number`) REFERENCES `sale` (`tenant`, `number`) ON DELETE SET NULL, CONSTRAINT `item_replaces_tenant_replaces_number_uniq` UNIQUE (`replaces_tenant`, `replaces_number`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin",
      ],
    ],
  ] as const)("on %s: %s", (engine, name, expected) => {
    const meta = metaOf(models[name]);
    const { engine: dialect } = databases[engine] as never as { engine: Parameters<typeof createTableSql>[0] };
    const statements = [...createTableSql(dialect, meta, false, new Set()), ...indexStatements(dialect, meta)];
    expect(statements).toEqual(expected);
  });
});
