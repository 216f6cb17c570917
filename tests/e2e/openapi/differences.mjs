// Finds breaking changes between two versions of the OpenAPI document. api-smart-diff compares them; this file adds the
// rules of this API: requests with unknown fields are rejected, so removing a request field is breaking; responses and
// events may get new fields and enum values; events are compared like responses, because receivers read them.
import { apiDiff } from "api-smart-diff";

/** Returns the breaking changes, each as `{operation, what}`. */
export function breaking(released, current) {
  const differences = apiDiff(comparable(released), comparable(current));
  const found = differences
    // Changes in components are reported for the operations that use them.
    .filter(({ path }) => path[0] === "paths")
    .filter((difference) => isBreaking(difference))
    .map(({ path, action }) => ({ operation: operation(path), what: `${action} ${path.slice(3).join("/") || "operation"}` }));
  return [...new Map(found.map((one) => [`${one.operation} ${one.what}`, one])).values()];
}

/** Returns the operations that the changelog declares as broken since the last release. */
export function declared(changelog) {
  const unreleased = changelog.split(/^## /m).find((section) => section.startsWith("[Unreleased]")) ?? "";
  const section = unreleased.split(/^### /m).find((part) => part.startsWith("Breaking")) ?? "";
  return new Set([...section.matchAll(/`([A-Z]+ [^`]+)`/g)].map(([, name]) => name));
}

function isBreaking({ type, action, path, before, after }) {
  // A response header that is always sent is a guarantee; taking it back is breaking.
  if (path.includes("headers") && path.at(-1) === "required") return before === true && after !== true;
  const inRequest = path.includes("requestBody");
  if (inRequest && action === "remove" && path.at(-2) === "properties") return true;
  if (!inRequest && path.includes("responses") && path.at(-2) === "enum" && action === "add") return false;
  return type === "breaking";
}

function operation([, path, method]) {
  const event = path.match(/^\/webhooks\/(.+)/)?.[1];
  return event ? `EVENT ${event}` : `${method.toUpperCase()} ${path}`;
}

/** Returns the document with its events as responses of operations, because api-smart-diff ignores `webhooks`. */
function comparable({ openapi, info, paths, components, webhooks = {} }) {
  const events = Object.entries(webhooks).map(([name, { post }]) => {
    const responses = { 200: { description: "", content: post.requestBody.content } };
    return [`/webhooks/${name}`, { get: { responses } }];
  });
  return structuredClone({ openapi, info, paths: { ...paths, ...Object.fromEntries(events) }, components });
}
