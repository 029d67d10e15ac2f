// One facet of a pair: what each side has of it, and between them whether it is the same.
import { el, unseen } from "./dom.js";

const SIGNS = { same: ["=", "the same on both sides"], differs: ["≠", "differs"], apart: ["·", "meant to differ"] };

export function row(label, facet, left, right, extra = "") {
  const { verdict = "none", why = "" } = facet ?? {};
  const [sign, words] = SIGNS[verdict] ?? ["", ""];
  // Why one side has nothing stands where it would have it.
  const nothing = el("p", { class: "empty" }, /from-integration/.test(extra) ? "" : why || "–");
  return el(
    "div",
    { class: `row ${verdict} ${extra}`, role: label ? "group" : null, "aria-label": label || null },
    el("div", { class: "cell aws" }, label && el("h4", {}, label), left || nothing),
    el(
      "div",
      { class: "sign", title: why || words },
      sign && el("span", { "aria-hidden": "true" }, sign),
      unseen(why || words),
    ),
    el(
      "div",
      { class: "cell jira" },
      label && el("h4", { "aria-hidden": "true" }, label),
      right || nothing.cloneNode(true),
      left && right && why && verdict !== "same" ? el("p", { class: "note" }, why) : null,
    ),
  );
}

export const plain = (text) => el("div", { class: "plain" }, text);
export const status = (name, kind) => el("span", { class: `lozenge ${kind}` }, name);
export const facts = (known) =>
  el(
    "dl",
    {},
    known.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
  );
export const watching = (watchers) => el("p", { class: "watchers" }, watchers.join(", ") || "nobody");

export function titles(aws, issue, facet) {
  const [left, right] = [aws, issue].map((side) => side && el("p", { class: "title" }, side.title));
  if (facet.verdict === "differs") markDifference(left, right, { word: /\S+/gu });
  return row("Title", facet, left, right);
}

// Marks, in two texts that are shown beside each other, the words between their common beginning and their common end.
// A word is letters and digits alone, for one side may show what the other has as markup. `copy` is the one of the two,
// if any, whose first line says whose it is.
export function markDifference(one, other, { copy = null, word = /[\p{L}\p{N}]+/gu } = {}) {
  const [left, right] = [one, other].map((shown) => wordsOf(shown, word, shown === copy));
  const most = Math.min(left.length, right.length);
  let begin = 0;
  while (begin < most && left[begin].text === right[begin].text) begin += 1;
  let end = 0;
  while (end < most - begin && left.at(-1 - end).text === right.at(-1 - end).text) end += 1;
  for (const words of [left, right]) mark(words.slice(begin, words.length - end));
}

function wordsOf(shown, word, belowHead) {
  const head = belowHead ? shown.firstElementChild : null;
  const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (head?.contains(node)) continue;
    const begin = belowHead && !head ? node.data.indexOf("\n") : 0;
    for (const match of node.data.matchAll(word))
      if (match.index >= begin) found.push({ node, at: match.index, text: match[0] });
  }
  return found;
}

function mark(words) {
  const spans = new Map();
  for (const { node, at, text } of words) {
    const from = spans.get(node)?.from ?? at;
    spans.set(node, { from, to: at + text.length });
  }
  for (const [node, { from, to }] of spans) {
    const differing = node.splitText(from);
    differing.splitText(to - from);
    const made = el("mark");
    differing.replaceWith(made);
    made.append(differing);
  }
}
