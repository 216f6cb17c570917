// Holds openapi/openapi.json against openapi/released.json, the document of the last release: what breaks callers fails,
// unless CHANGELOG.md declares it under "## [Unreleased]", "### Breaking", with the operation in backticks as it is
// printed here.
import { readFileSync } from "node:fs";
import { breaking, declared } from "./differences.mjs";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

const found = breaking(JSON.parse(read("openapi/released.json")), JSON.parse(read("openapi/openapi.json")));
const excused = declared(read("CHANGELOG.md"));
const undeclared = found.filter(({ operation }) => !excused.has(operation));
for (const { operation, what } of undeclared) console.error(`${operation}: ${what}`);
if (undeclared.length > 0) {
  console.error(`\n${undeclared.length} differences to openapi/released.json break callers. Where one is meant, declare it in`);
  console.error('CHANGELOG.md: "## [Unreleased]", "### Breaking", "- `GET /v1/...`: what changes, and what to do."');
  process.exit(1);
}
console.log(`compatible with the last release; ${found.length} breaking differences are declared`);
