// SPDX-License-Identifier: Apache-2.0
// What there is to say about a JSON Schema of the document.
import { node } from "./dom.js";

// A function that follows $ref, keeping what stands beside it.
export function resolver(api) {
  return function at(schema) {
    let found = schema ?? {};
    for (let hops = 0; found.$ref && hops < 20; hops++) {
      const { $ref, ...beside } = found;
      const target = $ref.slice(2).split("/").reduce((inner, part) => inner?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], api) ?? {};
      found = { ...target, ...beside };
    }
    return found;
  };
}

const types = (schema) => [schema.type ?? []].flat();

const name = (schema) => schema.$ref?.split("/").pop();

export function typeName(at, schema) {
  const flat = at(schema);
  if (flat.anyOf || flat.oneOf) return (flat.anyOf ?? flat.oneOf).map((part) => typeName(at, part)).join(" or ");
  const list = types(flat).map((type) => {
    if (type === "array") return `list of ${typeName(at, flat.items ?? {})}`;
    if (type === "object") return name(schema) ?? "object";
    return type === "string" && flat.format ? flat.format : type;
  });
  if (list.length) return list.join(" or ");
  if (flat.allOf) return name(schema) ?? "object";
  if (flat.enum || flat.const !== undefined) return "value";
  return flat.properties ? name(schema) ?? "object" : "any";
}

const words = (flat) => [
  flat.minLength > 1 || (flat.minLength && !flat.maxLength) ? `at least ${flat.minLength} characters` : null,
  flat.maxLength ? `at most ${flat.maxLength} characters` : null,
  flat.minimum !== undefined ? `from ${flat.minimum}` : null,
  flat.maximum !== undefined ? `to ${flat.maximum}` : null,
  flat.minItems ? `at least ${flat.minItems} items` : null,
  flat.maxItems ? `at most ${flat.maxItems} items` : null,
  flat.minProperties ? `at least ${flat.minProperties} member${flat.minProperties > 1 ? "s" : ""}` : null,
  flat.default !== undefined ? `default ${flat.default}` : null,
].filter(Boolean);

// Enumerations, bounds and patterns, as one small line; null when there is nothing to say.
export function limits(at, schema) {
  const flat = at(schema);
  const inner = flat.items ? at(flat.items) : {};
  const values = flat.enum ?? inner.enum ?? (flat.const !== undefined ? [flat.const] : null);
  const parts = [];
  if (values) parts.push(node("span", { class: "values" }, values.map((value) => node("code", {}, String(value)))));
  const said = words(flat);
  if (said.length) parts.push(node("span", {}, said.join(", ")));
  if (flat.pattern) parts.push(node("span", {}, "pattern ", node("code", {}, flat.pattern)));
  return parts.length ? node("p", { class: "limits" }, parts) : null;
}

// The members of an object, also when it is made of parts. `inner`: the schema whose members can be shown below it.
export function fields(at, schema) {
  const flat = at(schema);
  const parts = [flat, ...(flat.allOf ?? []).map(at)];
  const required = new Set(parts.flatMap((part) => part.required ?? []));
  const members = parts.flatMap((part) => Object.entries(part.properties ?? {}));
  if (!members.length && flat.items) return fields(at, flat.items);
  return members.map(([member, child]) => {
    const childFlat = at(child);
    const union = (childFlat.anyOf ?? childFlat.oneOf ?? []).find((part) => at(part).properties);
    return { name: member, schema: child, required: required.has(member), inner: union ?? childFlat.items ?? child };
  });
}

const SAMPLES = {
  uuid: "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b", "date-time": "2026-03-01T09:30:00Z", date: "2026-03-01", email: "ada@example.org",
  uri: "https://example.org/", duration: "P3D",
};

// A value that fits.
export function sample(at, schema, depth = 0) {
  const flat = at(schema);
  if (flat.examples?.length) return flat.examples[0];
  if (flat.const !== undefined) return flat.const;
  if (flat.default !== undefined) return flat.default;
  if (flat.enum) return flat.enum[0];
  if (flat.anyOf || flat.oneOf) return sample(at, (flat.anyOf ?? flat.oneOf)[0], depth + 1);
  const type = types(flat)[0] ?? (flat.properties || flat.allOf ? "object" : "string");
  if (depth > 6) return type === "array" ? [] : type === "object" ? {} : null;
  if (type === "object") return Object.fromEntries(fields(at, flat).map((field) => [field.name, sample(at, field.schema, depth + 1)]));
  if (type === "array") return [sample(at, flat.items ?? {}, depth + 1)];
  if (type === "integer" || type === "number") return flat.minimum ?? 0;
  if (type === "boolean") return false;
  return type === "null" ? null : SAMPLES[flat.format] ?? "…";
}
