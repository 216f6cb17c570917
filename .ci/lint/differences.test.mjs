import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { breaking, declared } from "./differences.mjs";

const text = readFileSync(new URL("../../openapi/openapi.json", import.meta.url), "utf8");
const name = (document, schema) => document.components.schemas[schema].properties.name;
const list = (document) => document.paths["/v1/departments"].get;

// What the change breaks: operations, or nothing.
const changes = {
  "an operation goes": [(d) => delete d.paths["/v1/departments"].get, ["GET /v1/departments"]],
  "a path goes": [(d) => delete d.paths["/v1/departments/{id}"], ["GET /v1/departments/{id}", "PATCH /v1/departments/{id}"]],
  "a request member is required": [(d) => { const { NewDepartment } = d.components.schemas; NewDepartment.properties.color = { type: "string" }; NewDepartment.required.push("color"); }, ["POST /v1/departments"]],
  "a request member goes": [(d) => delete d.components.schemas.NewDepartment.properties.name, ["POST /v1/departments"]],
  "a request member comes": [(d) => (d.components.schemas.NewDepartment.properties.color = { type: "string" }), []],
  "less is taken": [(d) => (name(d, "NewDepartment").maxLength = 3), ["POST /v1/departments"]],
  "more is taken": [(d) => (name(d, "NewDepartment").maxLength = 99_999), []],
  "a query parameter is required": [(d) => list(d).parameters.push({ name: "q", in: "query", required: true, schema: { type: "string" } }), ["GET /v1/departments"]],
  "a query parameter comes": [(d) => list(d).parameters.push({ name: "q", in: "query", schema: { type: "string" } }), []],
  "a success has another status": [(d) => { const { responses } = list(d); responses["202"] = responses["200"]; delete responses["200"]; }, ["GET /v1/departments"]],
  "an answer has one more member": [(d) => (d.components.schemas.Department.properties.color = { type: "string" }), []],
  "words change": [(d) => (list(d).description = "Anew"), []],
  "an operation comes": [(d) => (d.paths["/v1/new"] = d.paths["/v1/departments"]), []],
  "an event comes": [(d) => (d.webhooks["a.b"] = d.webhooks["department.created"]), []],
  "an event goes": [(d) => delete d.webhooks["department.created"], ["EVENT department.created"]],
  "a value of an answer comes": [(d) => d.components.schemas.CallbackState.enum.push("gone"), []],
};

for (const [what, [change, expected]] of Object.entries(changes)) {
  test(what, () => {
    const changed = JSON.parse(text);
    change(changed);
    const found = [...new Set(breaking(JSON.parse(text), changed).map(({ operation }) => operation))];
    assert.deepEqual(found, expected);
  });
}

test("an answer loses a member, for everybody who reads it", () => {
  const changed = JSON.parse(text);
  delete changed.components.schemas.Department.properties.name;
  const found = new Set(breaking(JSON.parse(text), changed).map(({ operation }) => operation));
  for (const reader of ["GET /v1/departments", "POST /v1/departments", "GET /v1/departments/{id}", "EVENT department.created"]) {
    assert.ok(found.has(reader), reader);
  }
});

test("the changelog declares", () => {
  const changelog = "# Changelog\n\n## [Unreleased]\n\n### Breaking\n\n- `GET /v1/a`: gone.\n\n### Added\n\n- `GET /v1/b`\n\n## [0.1.0]\n\n### Breaking\n\n- `GET /v1/c`\n";
  assert.deepEqual([...declared(changelog)], ["GET /v1/a"]);
});
