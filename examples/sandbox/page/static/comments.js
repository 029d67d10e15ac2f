// Descriptions, and comments and files beside their copies.
import { rich } from "./adf.js";
import { el } from "./dom.js";
import { caseComment, issueComment } from "./hands.js";
import { markDifference, plain, row } from "./row.js";
import { clock } from "./time.js";

export function descriptions(aws, issue, facet) {
  const [left, right] = [aws && plain(aws.description), issue && rich(issue.description)];
  if (facet.verdict === "differs") markDifference(left, right);
  return row("Description", facet, left, right);
}

export function files(rows) {
  const file = (each) =>
    el(
      "span",
      { class: "chip" },
      each.name,
      el(
        "small",
        {},
        ` ${each.size.toLocaleString("en")} bytes${each.state && each.state !== "Verified" ? `, ${each.state}` : ""}`,
      ),
    );
  if (!rows.length) return row("Files", null, null, null);
  return el(
    "div",
    { class: "files" },
    rows.map((each, place) =>
      row(place ? "" : "Files", each.facet, each.case.map(file), each.issue.map(file), each.origin),
    ),
  );
}

export function comment(pair, { origin, facet, case: onCase, issue: onIssue }) {
  const texts = [onCase.map((each) => plain(each.text)), onIssue.map((each) => rich(each.body))];
  const [[one, ...parts], [other, ...others]] = texts;
  // In parts, which word of one is to stand beside which of the other is more than a look tells.
  if (facet.verdict === "differs" && one && other && !parts.length && !others.length)
    markDifference(one, other, { copy: onCase[0].ours ? one : other });
  const left = onCase.map((each, place) => said(each, texts[0][place], !each.ours && caseComment(pair, each)));
  const right = onIssue.map((each, place) => said(each, texts[1][place], !each.ours && issueComment(pair, each)));
  return row("", facet, left.length && left, right.length && right, `comment from-${origin}`);
}

function said(comment, text, actions) {
  return el(
    "article",
    { class: comment.ours ? "said ours" : "said" },
    el(
      "p",
      { class: "by" },
      el("b", {}, comment.who),
      ` ${clock(comment.at, false)}`,
      comment.edited ? " (edited)" : "",
      comment.restricted ? el("span", { class: "chip" }, `for ${comment.restricted}`) : "",
      actions,
    ),
    text,
  );
}
