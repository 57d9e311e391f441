import { expect, test } from "vitest";
import { loadDriver } from "../../../lib/databases/load-driver.js";
import { ConfigurationError } from "../../../lib/errors/index.js";

test("a missing driver is a ConfigurationError that says what to install", async () => {
  const name: string = "no-such-driver";
  const missing = loadDriver("PostgreSQL", name, () => import(name));
  await expect(missing).rejects.toThrow(ConfigurationError);
  await expect(missing).rejects.toThrow(
    'PostgreSQL needs the package "no-such-driver", which is not installed. Run: npm install no-such-driver',
  );
});

test("a driver that is there but fails to load keeps its own error", async () => {
  const broken = new TypeError("bad build");
  await expect(loadDriver("MySQL", "mysql2", () => Promise.reject(broken))).rejects.toBe(broken);
});
