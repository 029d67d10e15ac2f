// Comments and files beside their copies.
import { rich } from "./adf.js";
import { el } from "./dom.js";
import { caseComment, issueComment } from "./hands.js";
import { plain, row } from "./row.js";
import { clock } from "./time.js";

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
  const left = onCase.map((each) => said(each, plain(each.text), !each.ours && caseComment(pair, each)));
  const right = onIssue.map((each) => said(each, rich(each.body), !each.ours && issueComment(pair, each)));
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
