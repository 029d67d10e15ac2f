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
  const [left, right] = facet.verdict === "differs" ? marked(aws.title, issue.title) : [aws?.title, issue?.title];
  return row("Title", facet, aws && el("p", { class: "title" }, left), issue && el("p", { class: "title" }, right));
}

// Both texts, with the words between their common beginning and their common end marked.
function marked(one, other) {
  const [left, right] = [one.split(/(\s+)/), other.split(/(\s+)/)];
  let begin = 0;
  while (begin < Math.min(left.length, right.length) && left[begin] === right[begin]) begin += 1;
  let end = 0;
  while (end < Math.min(left.length, right.length) - begin && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return [left, right].map((words) => {
    const [before, between, after] = [
      words.slice(0, begin),
      words.slice(begin, words.length - end),
      words.slice(words.length - end),
    ];
    return [before.join(""), el("mark", {}, between.join("")), after.join("")];
  });
}
