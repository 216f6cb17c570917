// What of a new document breaks those who call by an old one. The comparison is api-smart-diff's; this adds what holds for
// this API: requests are closed, so an unknown member is refused; answers and events may grow, so a new value breaks
// nobody; events are answers, seen from the receiver.
import { apiDiff } from "api-smart-diff";

/** The breaking differences, each as `{operation, what}`. */
export function breaking(released, current) {
  const differences = apiDiff(comparable(released), comparable(current));
  const found = differences
    // Components break callers where operations use them.
    .filter(({ path }) => path[0] === "paths")
    .filter((difference) => isBreaking(difference))
    .map(({ path, action }) => ({ operation: operation(path), what: `${action} ${path.slice(3).join("/") || "operation"}` }));
  return [...new Map(found.map((one) => [`${one.operation} ${one.what}`, one])).values()];
}

/** The operations that a changelog declares as broken since the last release. */
export function declared(changelog) {
  const unreleased = changelog.split(/^## /m).find((section) => section.startsWith("[Unreleased]")) ?? "";
  const section = unreleased.split(/^### /m).find((part) => part.startsWith("Breaking")) ?? "";
  return new Set([...section.matchAll(/`([A-Z]+ [^`]+)`/g)].map(([, name]) => name));
}

function isBreaking({ type, action, path }) {
  const inRequest = path.includes("requestBody");
  if (inRequest && action === "remove" && path.at(-2) === "properties") return true;
  if (!inRequest && path.includes("responses") && path.at(-2) === "enum" && action === "add") return false;
  return type === "breaking";
}

function operation([, path, method]) {
  const event = path.match(/^\/webhooks\/(.+)/)?.[1];
  return event ? `EVENT ${event}` : `${method.toUpperCase()} ${path}`;
}

/** A document whose events are answers of operations, which the comparison knows how to judge. */
function comparable({ openapi, info, paths, components, webhooks = {} }) {
  const events = Object.entries(webhooks).map(([name, { post }]) => {
    const responses = { 200: { description: "", content: post.requestBody.content } };
    return [`/webhooks/${name}`, { get: { responses } }];
  });
  return structuredClone({ openapi, info, paths: { ...paths, ...Object.fromEntries(events) }, components });
}
