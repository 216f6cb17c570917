// Compares openapi/openapi.json with openapi/released.json, the document of the last release. Fails on breaking changes,
// unless CHANGELOG.md declares them under "## [Unreleased]", "### Breaking", with the operation in backticks as it is
// printed here.
import { readFileSync } from "node:fs";
import { breaking, declared } from "./differences.mjs";

const root = new URL("../../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

const found = breaking(JSON.parse(read("openapi/released.json")), JSON.parse(read("openapi/openapi.json")));
const declaredOperations = declared(read("CHANGELOG.md"));
const undeclared = found.filter(({ operation }) => !declaredOperations.has(operation));
for (const { operation, what } of undeclared) console.error(`${operation}: ${what}`);
if (undeclared.length > 0) {
  console.error(`\n${undeclared.length} breaking changes since openapi/released.json. Declare intended ones in`);
  console.error('CHANGELOG.md: "## [Unreleased]", "### Breaking", "- `GET /v1/...`: what changes, and what callers have to do."');
  process.exit(1);
}
console.log(`compatible with the last release; ${found.length} declared breaking changes`);
