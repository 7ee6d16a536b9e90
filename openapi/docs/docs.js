// SPDX-License-Identifier: Apache-2.0
// Draws openapi.json. No dependency; everything is made as DOM nodes, nothing is parsed as HTML.
import { node, markdown, code, copyable } from "./dom.js";
import { resolver, typeName, limits, fields, sample } from "./schema.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
// What every operation of a kind takes; shown folded.
const COMMON = new Set(["limit", "cursor", "fields", "validate_only", "Idempotency-Key", "If-None-Match", "Prefer", "X-Request-Id"]);

let api, at; // the document, and the resolver of its references

const slug = (words) => words.replace(/[^a-z0-9]+/gi, "-").toLowerCase();

function operations() {
  return Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => (
      { path, method, id: item[method].operationId, tag: item[method].tags?.[0] ?? "other", ...item[method] })));
}

// ---- parts of an operation ----

const badge = (method) => node("span", { class: `method ${method}` }, method.toUpperCase());

function pathLine(operation) {
  const parts = operation.path.split(/(\{[^}]+\})/).filter(Boolean);
  return node("p", { class: "path" }, badge(operation.method),
    node("code", {}, parts.map((part) => part.startsWith("{")
      ? node("var", {}, part) : part.split(/(?<=\/)/).flatMap((piece) => [piece, node("wbr")]))));
}

function access(operation) {
  if (operation["x-public"]) return node("p", { class: "access" }, node("span", { class: "chip open" }, "public"), " needs no token");
  const permission = operation["x-permission"];
  if (permission === "signed_in") return node("p", { class: "access" }, node("span", { class: "chip" }, "signed in"), " any valid token");
  return node("p", { class: "access" }, "needs ", node("a", { class: "chip", href: `#permission-${permission}` }, permission));
}

function parameterRow(parameter) {
  const schema = at(parameter.schema ?? {});
  return node("li", {},
    node("div", { class: "term" }, node("code", { class: "name" }, parameter.name),
      node("span", { class: "type" }, typeName(at, parameter.schema ?? {})),
      parameter.required && parameter.in !== "path" ? node("span", { class: "must" }, "required") : null),
    markdown(parameter.description ?? schema.description), limits(at, parameter.schema ?? {}));
}

function parameterList(title, list) {
  return list.length ? [node("h4", {}, title), node("ul", { class: "fields" }, list.map(parameterRow))] : [];
}

function parametersOf(operation) {
  const all = (operation.parameters ?? []).map(at);
  const own = all.filter((parameter) => !COMMON.has(parameter.name));
  const common = all.filter((parameter) => COMMON.has(parameter.name));
  const places = [["path", "Path"], ["query", "Query"], ["header", "Headers"]];
  const parts = places.flatMap(([place, title]) => parameterList(title, own.filter((parameter) => parameter.in === place)));
  if (common.length) {
    parts.push(folded(`Common to many operations: ${common.map((parameter) => parameter.name).join(", ")}`,
      () => node("ul", { class: "fields" }, common.map(parameterRow))));
  }
  return parts;
}

// A <details> whose inside is drawn when it is first opened.
function folded(summary, inside, open = false) {
  const details = node("details", {}, node("summary", {}, summary));
  const draw = () => details.childElementCount > 1 || details.append(...[inside()].flat());
  details.addEventListener("toggle", () => details.open && draw());
  if (open) { details.open = true; draw(); }
  return details;
}

// In what is sent, members that must be there are told; in answers those that may be absent.
function schemaView(schema, answer = false) {
  const rows = fields(at, schema);
  if (!rows.length) return [node("p", { class: "type" }, typeName(at, schema)), markdown(at(schema).description), limits(at, schema)].filter(Boolean);
  return [node("ul", { class: "fields" }, rows.map((field) => {
    const inner = fields(at, field.inner);
    return node("li", {},
      node("div", { class: "term" }, node("code", { class: "name" }, field.name), node("span", { class: "type" }, typeName(at, field.schema)),
        answer === field.required ? null : node("span", { class: answer ? "note" : "must" }, answer ? "may be absent" : "required"),
        at(field.schema).readOnly ? node("span", { class: "note" }, "read only") : null),
      markdown(field.schema.description ?? at(field.schema).description), limits(at, field.schema),
      inner.length ? folded(`${inner.length} ${inner.length === 1 ? "member" : "members"}`, () => schemaView(field.inner, answer)) : null);
  }))];
}

function body(operation) {
  const content = Object.entries(operation.requestBody?.content ?? {});
  if (!content.length) return [];
  const [, media] = content[0];
  return [node("h4", {}, "Body ", node("span", { class: "note" }, content.map(([type]) => type).join(" or "))), ...schemaView(media.schema ?? {})];
}

// The codes that a problem answer's description explains, one in a line.
const codes = (description) => [...(description ?? "").matchAll(/^- `(\w+)`/gm)].map((match) => match[1]).join(", ");

function response(status, answer, open) {
  const types = Object.keys(answer.content ?? {});
  const schema = Object.values(answer.content ?? {})[0]?.schema;
  const kind = status < 300 ? "good" : status < 400 ? "same" : "bad";
  const problem = status >= 400;
  const summary = [node("span", { class: `status ${kind}` }, String(status)),
    node("span", { class: "brief" }, problem ? codes(answer.description) : answer.description)];
  if (!problem && !types.length) return node("div", { class: "bare" }, summary);
  return folded(summary, () => problem ? markdown(answer.description)
    : [node("p", { class: "note" }, types.join(" or ")), ...(schema ? schemaView(schema, true) : [])], open);
}

function responses(operation) {
  return [node("h4", {}, "Answers"), node("div", { class: "answers" },
    Object.entries(operation.responses ?? {}).map(([status, answer]) => response(Number(status), at(answer), Number(status) < 300)))];
}

// ---- code ----

const asJson = (value) => JSON.stringify(value, null, 2);

function requestExample(operation) {
  const media = Object.values(operation.requestBody?.content ?? {})[0];
  if (!media) return undefined;
  return media.example ?? Object.values(media.examples ?? {})[0]?.value ?? sample(at, media.schema ?? {});
}

function curl(operation) {
  const path = operation.path.replace(/\{([^}]+)\}/g, (_, name) => "$" + name.toUpperCase());
  const lines = [`curl ${operation.method === "get" ? "" : `-X ${operation.method.toUpperCase()} `}"${location.origin}${path}"`];
  if (!operation["x-public"]) lines.push('-H "Authorization: Bearer $TOKEN"');
  if (operation["x-if-match"] === "required") lines.push("-H \"If-Match: $ETAG\"");
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  const example = requestExample(operation);
  if (type === "application/x-www-form-urlencoded") {
    Object.entries(example).forEach(([name, value]) => lines.push(`--data-urlencode '${name}=${value}'`));
  } else if (type) {
    lines.push(`-H 'Content-Type: ${type}'`, `-d '${asJson(example).replaceAll("'", "'\\''").replaceAll("\n", "\n  ")}'`);
  }
  return lines.join(" \\\n  ");
}

// Texts that the requests of the same group have as examples, by member: better than "…" in answers.
function known(tag) {
  const found = {};
  const note = (value) => value && typeof value === "object" && Object.entries(value).forEach(([key, inner]) => {
    if (typeof inner === "string") found[key] ??= inner; else note(inner);
  });
  operations().filter((operation) => operation.tag === tag).forEach((operation) => note(requestExample(operation)));
  return found;
}

function filled(value, texts) {
  if (Array.isArray(value)) return value.map((item) => filled(item, texts));
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inner === "…" ? texts[key] ?? inner : filled(inner, texts)]));
}

function examples(operation) {
  const blocks = [copyable("Request", curl(operation))];
  const [status, answer] = Object.entries(operation.responses ?? {}).find(([number]) => number < 300) ?? [];
  const [type, media] = Object.entries(at(answer ?? {}).content ?? {})[0] ?? [];
  if (type?.endsWith("json") && media.schema) {
    const example = media.example ?? filled(sample(at, media.schema), known(operation.tag));
    if (example && Object.keys(example).length) blocks.push(code(`Answer ${status}`, asJson(example), "json"));
  }
  return node("div", { class: "examples" }, blocks);
}

// ---- the page ----

function operationView(operation) {
  return node("article", { class: "operation", id: operation.id, "aria-labelledby": `${operation.id}-title` },
    node("div", { class: "text" },
      node("h3", { id: `${operation.id}-title` }, operation.summary ?? operation.id,
        node("a", { class: "anchor", href: `#${operation.id}`, "aria-label": "Link to this operation" }, "#")),
      pathLine(operation), access(operation), markdown(operation.description),
      parametersOf(operation), body(operation), responses(operation)),
    examples(operation));
}

function permissionsView() {
  const permissions = Object.entries(api["x-permissions"] ?? {});
  const roles = [...new Set(permissions.flatMap(([, entry]) => entry.roles))];
  const further = (entry) => [...(entry.team_roles ?? []).map((role) => `team ${role}`),
    ...(entry.decision_roles ?? []).map((role) => `decision ${role}`)].join(", ");
  const mark = (yes) => node("span", { class: yes ? "yes" : "no", role: "img", "aria-label": yes ? "yes" : "no" }, yes ? "●" : "·");
  const row = ([name, entry]) => node("tr", { id: `permission-${name}` },
    node("th", { scope: "row" }, node("code", {}, name), node("span", { class: "note" }, entry.about)),
    roles.map((role) => node("td", {}, mark(entry.roles.includes(role)))), node("td", { class: "note" }, further(entry)));
  return node("section", { class: "group", id: "permissions" }, node("h2", {}, "Permissions"),
    node("p", { class: "about" }, "Which built-in roles have them. Organisations add roles of their own."),
    node("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Permissions and roles" }, node("table", {},
      node("thead", {}, node("tr", {}, ["permission", ...roles, "also"].map((title) => node("th", { scope: "col" }, title)))),
      node("tbody", {}, permissions.map(row)))));
}

function groupsOf(list) {
  const known = (api.tags ?? []).map((tag) => tag.name);
  const names = [...known, ...new Set(list.map((operation) => operation.tag).filter((tag) => !known.includes(tag)))];
  const about = (name) => api.tags?.find((tag) => tag.name === name)?.description;
  return names.map((name) => ({ name, about: about(name), list: list.filter((operation) => operation.tag === name) }))
    .filter((group) => group.list.length);
}

function drawNavigation(groups) {
  document.getElementById("groups").append(...groups.map((group) => node("section", {},
    node("h2", {}, node("a", { href: `#tag-${slug(group.name)}` }, group.name)),
    node("ul", {}, group.list.map((operation) => node("li", {
      "data-find": [operation.id, operation.path, operation.summary, operation.method, operation["x-permission"], group.name].join(" ").toLowerCase(),
    }, node("a", { href: `#${operation.id}` }, badge(operation.method), node("span", {}, operation.summary ?? operation.id))))))),
    node("section", {}, node("h2", {}, node("a", { href: "#permissions" }, "permissions"))));
}

function drawContent(groups) {
  const { title, version, summary, description } = api.info;
  document.title = `${title} – operations`;
  document.getElementById("name").textContent = title;
  document.getElementById("content").replaceChildren(
    node("section", { class: "hero", id: "top" },
      node("p", { class: "kicker" }, `Version ${version}`), node("h1", {}, summary ?? title), markdown(description),
      node("p", { class: "links" }, node("a", { href: "openapi.json" }, "openapi.json"), node("a", { href: "openapi.yaml" }, "openapi.yaml"))),
    ...groups.map((group) => node("section", { class: "group", id: `tag-${slug(group.name)}` },
      node("h2", {}, group.name), markdown(group.about, "about"), group.list.map(operationView))),
    permissionsView());
}

// ---- finding one's way ----

function startSearch() {
  const search = document.getElementById("search"), found = document.getElementById("found");
  const items = [...document.querySelectorAll("#groups li")];
  const links = () => items.filter((item) => !item.hidden).map((item) => item.querySelector("a"));
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    items.forEach((item) => { item.hidden = !words.every((word) => item.dataset.find.includes(word)); });
    document.querySelectorAll("#groups section").forEach((section) => {
      section.hidden = words.length > 0 && !section.querySelector("li:not([hidden])");
    });
    found.hidden = !words.length;
    found.textContent = `${links().length} found`;
  });
  document.getElementById("side").addEventListener("keydown", (event) => {
    const all = links(), here = all.indexOf(document.activeElement);
    if (event.key === "Enter" && event.target === search && all.length) all[0].click();
    if (event.key === "Escape" && event.target === search) { search.value = ""; search.dispatchEvent(new Event("input")); }
    if (event.key === "ArrowDown") { event.preventDefault(); all[Math.min(here + 1, all.length - 1)]?.focus(); }
    if (event.key === "ArrowUp" && here >= 0) { event.preventDefault(); (all[here - 1] ?? search).focus(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /INPUT|TEXTAREA/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    showMenu(true);
    search.focus();
  });
}

function showMenu(shown) {
  document.body.classList.toggle("menu-open", shown);
  document.getElementById("menu").setAttribute("aria-expanded", String(shown));
}

function startMenu() {
  const menu = document.getElementById("menu");
  menu.hidden = false;
  menu.addEventListener("click", () => showMenu(!document.body.classList.contains("menu-open")));
  document.getElementById("side").addEventListener("click", (event) => event.target.closest("a") && showMenu(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && showMenu(false));
}

function startTheme() {
  const button = document.getElementById("theme"), root = document.documentElement;
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* it lasts as long as the page */ }
    label();
  });
}

// Marks where in the page the reader is.
function startSpy() {
  const links = new Map([...document.querySelectorAll("#groups li a")].map((link) => [link.hash.slice(1), link]));
  let current;
  const spy = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    current?.removeAttribute("aria-current");
    current = links.get(entry.target.id);
    current?.setAttribute("aria-current", "true");
    if (!document.getElementById("side").contains(document.activeElement)) current?.scrollIntoView({ block: "nearest" });
  }), { rootMargin: "-15% 0px -75% 0px" });
  document.querySelectorAll(".operation").forEach((operation) => spy.observe(operation));
}

async function start() {
  startTheme();
  const answer = await fetch("openapi.json");
  if (!answer.ok) throw new Error(`openapi.json: ${answer.status}`);
  api = await answer.json();
  at = resolver(api);
  const groups = groupsOf(operations());
  drawNavigation(groups);
  drawContent(groups);
  startSearch();
  startMenu();
  startSpy();
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView({ behavior: "instant" });
}

start().catch((error) => {
  document.getElementById("loading")?.replaceChildren(`The document can't be read (${error.message}). `,
    node("a", { href: "openapi.json" }, "Try it directly."));
});
