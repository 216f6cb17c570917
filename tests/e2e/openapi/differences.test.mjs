import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { breaking, declared } from "./differences.mjs";

const text = readFileSync(new URL("../../../openapi/openapi.json", import.meta.url), "utf8");
const name = (document, schema) => document.components.schemas[schema].properties.name;
const list = (document) => document.paths["/v1/departments"].get;

// Name of a change -> the change, and the operations that it breaks.
const changes = {
  "an operation is removed": [(d) => delete d.paths["/v1/departments"].get, ["GET /v1/departments"]],
  "a path is removed": [(d) => delete d.paths["/v1/departments/{id}"], ["GET /v1/departments/{id}", "PATCH /v1/departments/{id}"]],
  "a required request field is added": [(d) => { const { NewDepartment } = d.components.schemas; NewDepartment.properties.color = { type: "string" }; NewDepartment.required.push("color"); }, ["POST /v1/departments"]],
  "a request field is removed": [(d) => delete d.components.schemas.NewDepartment.properties.name, ["POST /v1/departments"]],
  "an optional request field is added": [(d) => (d.components.schemas.NewDepartment.properties.color = { type: "string" }), []],
  "a request limit is tightened": [(d) => (name(d, "NewDepartment").maxLength = 3), ["POST /v1/departments"]],
  "a request limit is relaxed": [(d) => (name(d, "NewDepartment").maxLength = 99_999), []],
  "a required query parameter is added": [(d) => list(d).parameters.push({ name: "q", in: "query", required: true, schema: { type: "string" } }), ["GET /v1/departments"]],
  "an optional query parameter is added": [(d) => list(d).parameters.push({ name: "q", in: "query", schema: { type: "string" } }), []],
  "the status of a success changes": [(d) => { const { responses } = list(d); responses["202"] = responses["200"]; delete responses["200"]; }, ["GET /v1/departments"]],
  "a response field is added": [(d) => (d.components.schemas.Department.properties.color = { type: "string" }), []],
  "a description changes": [(d) => (list(d).description = "New text"), []],
  "an operation is added": [(d) => (d.paths["/v1/new"] = d.paths["/v1/departments"]), []],
  "an event is added": [(d) => (d.webhooks["a.b"] = d.webhooks["department.created"]), []],
  "an event is removed": [(d) => delete d.webhooks["department.created"], ["EVENT department.created"]],
  "a response header is added": [(d) => (list(d).responses["200"].headers.Sunset = { schema: { type: "string" } }), []],
  "a response header is always sent": [(d) => (d.components.headers.Link.required = true), []],
  "a response header is removed": [(d) => delete list(d).responses["200"].headers.Link, ["GET /v1/departments"]],
  "an enum value of a response is added": [(d) => d.components.schemas.CallbackState.enum.push("gone"), []],
};

for (const [what, [change, expected]] of Object.entries(changes)) {
  test(what, () => {
    const changed = JSON.parse(text);
    change(changed);
    const found = [...new Set(breaking(JSON.parse(text), changed).map(({ operation }) => operation))];
    assert.deepEqual(found, expected);
  });
}

test("a removed response field breaks every operation and event that has it", () => {
  const changed = JSON.parse(text);
  delete changed.components.schemas.Department.properties.name;
  const found = new Set(breaking(JSON.parse(text), changed).map(({ operation }) => operation));
  for (const reader of ["GET /v1/departments", "POST /v1/departments", "GET /v1/departments/{id}", "EVENT department.created"]) {
    assert.ok(found.has(reader), reader);
  }
});

test("a response header that is no longer always sent breaks every operation that has it", () => {
  const changed = JSON.parse(text);
  delete changed.components.headers.ETag.required;
  const found = new Set(breaking(JSON.parse(text), changed).map(({ operation }) => operation));
  assert.ok(found.has("GET /v1/departments/{id}"));
  assert.ok(!found.has("GET /v1/departments"));
});

test("breaking changes are read from the changelog", () => {
  const changelog = "# Changelog\n\n## [Unreleased]\n\n### Breaking\n\n- `GET /v1/a`: gone.\n\n### Added\n\n- `GET /v1/b`\n\n## [0.1.0]\n\n### Breaking\n\n- `GET /v1/c`\n";
  assert.deepEqual([...declared(changelog)], ["GET /v1/a"]);
});
