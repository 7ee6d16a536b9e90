// SPDX-License-Identifier: Apache-2.0
// Making nodes. Texts of the document never become markup but by way of these.

export const text = (words) => document.createTextNode(words);

export function node(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== null) element.setAttribute(key, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// `code` and **strong** inside a line.
function inline(line) {
  return line.split(/(`[^`]+`|\*\*[^*]+\*\*)/).filter(Boolean).map((part) =>
    part.startsWith("`") && part.length > 1 ? node("code", {}, part.slice(1, -1))
      : part.startsWith("**") && part.length > 4 ? node("strong", {}, part.slice(2, -2)) : text(part));
}

// Paragraphs and lists, which is all the Markdown that our descriptions use.
export function markdown(source, className = "md") {
  if (!source) return null;
  const blocks = source.trim().split(/\n\s*\n|\n(?=- )|(?<=^- .*)\n(?=\S)/m).map((block) => block.trim()).filter(Boolean);
  const result = node("div", { class: className });
  let list = null;
  for (const block of blocks) {
    if (block.startsWith("- ")) {
      if (!list) result.append(list = node("ul"));
      list.append(node("li", {}, inline(block.slice(2).replaceAll("\n", " "))));
    } else {
      list = null;
      result.append(node("p", {}, inline(block.replaceAll("\n", " "))));
    }
  }
  return result;
}

// JSON with its parts told apart.
function coloured(source) {
  const tokens = /("(?:[^"\\]|\\.)*"\s*:)|("(?:[^"\\]|\\.)*")|\b(true|false|null)\b|(-?\d+(?:\.\d+)?)/g;
  const result = [];
  let end = 0;
  for (const match of source.matchAll(tokens)) {
    const kind = match[1] ? "key" : match[2] ? "string" : "value";
    result.push(text(source.slice(end, match.index)), node("span", { class: `t-${kind}` }, match[0]));
    end = match.index + match[0].length;
  }
  return [...result, text(source.slice(end))];
}

export function code(title, source, language) {
  return node("figure", { class: "code" }, node("figcaption", {}, node("span", {}, title)),
    node("pre", { tabindex: "0" }, node("code", {}, language === "json" ? coloured(source) : source)));
}

export function copyable(title, source) {
  const block = code(title, source);
  block.classList.add("wrap");
  if (!navigator.clipboard) return block;
  const button = node("button", { type: "button", "aria-label": `Copy: ${title}` }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  block.querySelector("figcaption").append(button);
  return block;
}
