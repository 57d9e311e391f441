import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const ENGINES = "/^(sqlite|postgres|postgresql|mysql|mariadb)$/";
const askFeature = "Ask a feature flag or an operation instead of comparing the engine's name.";

export default defineConfig(
  globalIgnores(["dist/", "coverage/", "spec/types/refused/"]),
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      complexity: ["error", 12],
      "max-depth": ["error", 4],
      "max-lines": ["error", { max: 350, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 5],
      eqeqeq: "error",
    },
  },
  {
    files: ["lib/**/*.ts"],
    ignores: ["lib/databases/**", "lib/sqlite/**", "lib/postgres/**", "lib/mysql/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: `BinaryExpression[operator=/^[!=]==?$/] > Literal[value=${ENGINES}]`, message: askFeature },
        { selector: `SwitchCase > Literal[value=${ENGINES}]`, message: askFeature },
      ],
    },
  },
  {
    files: ["lib/**/*.ts"],
    rules: { "no-console": "error" },
  },
  {
    // "{}" is the neutral element of an intersection, and empty interfaces are there to be added to by users.
    files: ["lib/types/**/*.ts", "lib/*/types/**/*.ts"],
    rules: { "@typescript-eslint/no-empty-object-type": "off" },
  },
  {
    files: ["spec/**/*.ts", "bench/**/*.ts", "examples/**/*.ts"],
    rules: {
      "max-lines": "off",
      "max-lines-per-function": "off",
    },
  },
  {
    // Its packages are installed only to be measured, so their types are not there to check with.
    files: ["bench/rivals/**/*.ts"],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    // Programs of the type suite are read by the compiler only, and wrong on purpose.
    files: ["spec/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    files: ["*.config.ts", "*.config.js", "spec/support/global-setup.ts"],
    rules: { "no-restricted-exports": "off" },
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: {
      globals: { console: "readonly", process: "readonly", module: "writable", require: "readonly", URL: "readonly" },
    },
  },
);
