// An Atlassian document as Jira shows it: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
import { el, link } from "./dom.js";

const PANELS = {
  info: "Info",
  note: "Note",
  warning: "Warning",
  error: "Error",
  success: "Success",
  tip: "Tip",
  custom: "Panel",
};
const DEEPEST = 60;

export const rich = (document) =>
  el("div", { class: "rich" }, document ? all(document, 0) : el("p", { class: "empty" }, "empty"));

const all = (node, depth) =>
  depth > DEEPEST ? [el("p", { class: "empty" }, "…")] : (Array.isArray(node.content) ? node.content : []).map((child) => drawn(child, depth + 1));

// What cannot be drawn is named in its place: the rest of the document is worth reading all the same.
function drawn(node, depth) {
  try {
    if (Object.hasOwn(NODES, node.type)) return NODES[node.type](node, node.attrs ?? {}, depth);
    const inside = all(node, depth);
    return el("div", { class: "unknown", title: node.type }, inside.length ? inside : `[${node.type}]`);
  } catch {
    return el("span", { class: "unknown" }, `[${node?.type ?? "?"}]`);
  }
}

const block = (tag, properties) => (node, _, depth) => el(tag, properties, all(node, depth));

const NODES = {
  paragraph: block("p"),
  blockquote: block("blockquote"),
  bulletList: block("ul"),
  listItem: block("li"),
  decisionList: block("ul", { class: "decisions" }),
  decisionItem: (node, attrs, depth) =>
    el("li", { class: attrs.state === "DECIDED" ? "decided" : null }, all(node, depth)),
  taskList: block("ul", { class: "tasks" }),
  rule: () => el("hr"),
  hardBreak: () => el("br"),
  tableRow: block("tr"),
  caption: block("small", { class: "caption" }),
  layoutSection: block("div", { class: "layout" }),
  layoutColumn: block("div"),
  mediaSingle: block("div", { class: "media" }),
  mediaGroup: block("div", { class: "media" }),
  heading: (node, attrs, depth) =>
    el("p", { class: `heading h${attrs.level}`, role: "heading", "aria-level": 3 + attrs.level }, all(node, depth)),
  orderedList: (node, attrs, depth) => el("ol", { start: attrs.order }, all(node, depth)),
  taskItem: (node, attrs, depth) => el("li", {}, attrs.state === "DONE" ? "☑ " : "☐ ", all(node, depth)),
  codeBlock: (node, attrs, depth) => el("pre", { title: attrs.language }, el("code", {}, all(node, depth))),
  table: (node, _, depth) => el("div", { class: "wide" }, el("table", {}, el("tbody", {}, all(node, depth)))),
  tableCell: (node, attrs, depth) => el("td", spans(attrs), all(node, depth)),
  tableHeader: (node, attrs, depth) => el("th", spans(attrs), all(node, depth)),
  expand: (node, attrs, depth) => el("details", {}, el("summary", {}, attrs.title || "More"), all(node, depth)),
  nestedExpand: (node, attrs, depth) => NODES.expand(node, attrs, depth),
  panel: (node, attrs, depth) =>
    el(
      "div",
      {
        class: `panel ${Object.hasOwn(PANELS, attrs.panelType) ? attrs.panelType : "custom"}`,
        role: "note",
        "aria-label": Object.hasOwn(PANELS, attrs.panelType) ? PANELS[attrs.panelType] : PANELS.custom,
      },
      all(node, depth),
    ),
  media: (_, attrs) => el("span", { class: "chip" }, attrs.alt || "picture"),
  mediaInline: (_, attrs) => el("span", { class: "chip" }, attrs.alt || "file"),
  mention: (_, attrs) => el("span", { class: "chip mention" }, attrs.text || `@${attrs.id}`),
  emoji: (_, attrs) => attrs.text || attrs.shortName || "",
  status: (_, attrs) => el("span", { class: "lozenge" }, attrs.text ?? ""),
  date: (_, attrs) => el("span", { class: "chip" }, day(attrs.timestamp)),
  placeholder: (_, attrs) => el("span", { class: "empty" }, attrs.text ?? ""),
  inlineCard: (_, attrs) => link(String(attrs.url ?? "")),
  blockCard: (_, attrs) => el("p", {}, link(String(attrs.url ?? ""))),
  embedCard: (_, attrs) => el("p", {}, link(String(attrs.url ?? ""))),
  text: (node) =>
    (node.marks ?? []).reduce(
      (shown, mark) => (Object.hasOwn(MARKS, mark.type) ? MARKS[mark.type](shown, mark.attrs ?? {}) : shown),
      node.text ?? "",
    ),
};

// The day of a timestamp; what is no moment is shown as it was written.
function day(timestamp) {
  const date = new Date(Number(timestamp ?? Number.NaN));
  return Number.isFinite(date.getTime()) ? date.toISOString().slice(0, 10) : String(timestamp ?? "");
}

const spans = (attrs) => ({ colspan: attrs.colspan, rowspan: attrs.rowspan });

const within = (tag) => (shown) => el(tag, {}, shown);

const MARKS = {
  strong: within("strong"),
  em: within("em"),
  code: within("code"),
  strike: within("s"),
  underline: within("u"),
  subsup: (shown, attrs) => el(attrs.type === "sub" ? "sub" : "sup", {}, shown),
  link: (shown, attrs) => link(String(attrs.href ?? ""), shown),
  textColor: (shown, attrs) => coloured(shown, "color", attrs.color),
  backgroundColor: (shown, attrs) => coloured(shown, "backgroundColor", attrs.color),
};

function coloured(shown, property, colour) {
  const made = el("span", {}, shown);
  if (/^#[0-9a-f]{3,8}$/i.test(colour ?? "")) made.style[property] = colour;
  return made;
}
