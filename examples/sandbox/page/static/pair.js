// The chosen pair: the case on the left, the issue on the right, what belongs together beside each other.
import { comment, descriptions, files } from "./comments.js";
import { el, keyed } from "./dom.js";
import { caseActions, issueActions, writing } from "./hands.js";
import { badge } from "./pairs.js";
import { facts, row, status, titles, watching } from "./row.js";
import { since } from "./time.js";

const main = document.getElementById("pair");
const verdict = document.getElementById("verdict");

// The pair that is shown: what a comment is for is read from it when the comment is sent.
let current = null;

export function showPair(pair) {
  current = pair;
  if (!pair) {
    delete main.dataset.shown;
    main.replaceChildren(
      el(
        "p",
        { class: "empty hint" },
        "Open a case or create an issue: its other half appears by itself, and both stand here side by side.",
      ),
    );
    return;
  }
  tell(pair);
  // An issue that gets its case goes on by another name.
  if (![pair.name, pair.also].includes(main.dataset.shown)) main.replaceChildren();
  main.dataset.shown = pair.name;
  keyed(
    main,
    parts(pair),
    (part) => part.key,
    (part) => part.draw(),
  );
  for (const side of ["case", "issue"]) {
    const { form, nothing } = FORMS[side];
    form.hidden = !pair[side];
    nothing.hidden = Boolean(pair[side]);
  }
}

// Drawn once for a pair, and kept whatever becomes of it: somebody may be in the middle of a sentence.
const FORMS = {};

function write() {
  const cell = (side, target) => {
    FORMS[side] = { form: writing(side, target), nothing: el("p", { class: "empty" }, "–") };
    return [FORMS[side].form, FORMS[side].nothing];
  };
  return row(
    "Write",
    null,
    cell("case", () => current.case?.id ?? ""),
    cell("issue", () => current.issue?.key ?? ""),
  );
}

// For those who hear the page: the verdict, when it became another one.
function tell(pair) {
  const text = `${pair.issue_key ?? ""} ${pair.case_id ? `case ${pair.case_id}` : ""}: ${pair.state.word}`.trim();
  if (verdict.textContent !== text) verdict.textContent = text;
}

const part = (key, told, draw) => ({ key, told, draw });

function parts(pair) {
  const { case: aws, issue } = pair;
  const facet = (name) => pair.facets[name] ?? { verdict: "none", why: "" };
  const rows = [
    part("head", [pair.state, pair.title], () => head(pair)),
    part(
      "sides",
      [
        aws && [aws.id, aws.status, aws.statuses],
        issue && [issue.key, issue.status, issue.transitions],
        pair.case_id,
        pair.issue_key,
        aws?.title,
        issue?.title,
        aws?.description,
        issue?.plain,
      ],
      () => names(pair),
    ),
    part("title", [aws?.title, issue?.title, facet("title")], () => titles(aws, issue, facet("title"))),
    part("status", [aws?.status, issue?.status, facet("status")], () =>
      row(
        "Status",
        facet("status"),
        aws && status(aws.status, aws.status === "Closed" ? "done" : "case"),
        issue && status(issue.status, issue.category),
      ),
    ),
    part("description", [aws?.description, issue?.description, facet("description")], () =>
      descriptions(aws, issue, facet("description")),
    ),
    part("facts", [aws?.facts, issue?.facts], () =>
      row("Details", null, aws && facts(aws.facts), issue && facts(issue.facts)),
    ),
    part("watchers", [aws?.watchers, issue?.watchers, facet("watchers")], () =>
      row("Watchers", facet("watchers"), aws && watching(aws.watchers), issue && watching(issue.watchers)),
    ),
    part("files", pair.files, () => files(pair.files)),
    part("comments-title", null, () => el("h3", {}, "Comments")),
    ...pair.comments.map((each) => part(`comment ${each.id}`, each, () => comment(pair, each))),
    part("write", null, write),
    part("ledger", pair.ledger, () => ledger(pair.ledger)),
  ];
  return rows.filter(Boolean);
}

function head({ case_id, issue_key, title, state }) {
  const waits = state.waiting
    ? el(
        "li",
        {},
        `${state.waiting} message${state.waiting === 1 ? "" : "s"} in the queues`,
        state.tries > 1 ? `, tried ${state.tries} times` : "",
        state.due ? [", next try ", since(state.due)] : "",
      )
    : null;
  const isBorn = Boolean(case_id && issue_key);
  const awaitsSweep = state.word === "out of step" || (state.word === "alone" && !isBorn);
  const why = [
    ...state.why.map((each) => el("li", {}, each)),
    waits,
    state.runs ? el("li", {}, "a function is at work on it") : null,
    state.dead ? el("li", {}, `${state.dead} dead letter${state.dead === 1 ? "" : "s"}`) : null,
    awaitsSweep ? el("li", {}, "nothing is on its way: the next sweep finds it") : null,
  ].filter(Boolean);
  return el(
    "div",
    { class: "head", id: "state", "data-word": state.word },
    el("h2", {}, title || "(no title)"),
    badge(state.word),
    why.length ? el("ul", { class: "why" }, why) : null,
  );
}

function names({ case: aws, issue, case_id, issue_key }) {
  const left = aws
    ? [
        el("h3", {}, "Case ", el("span", { class: "id" }, aws.id), el("small", {}, ` ${aws.resolver}`)),
        caseActions(aws),
      ]
    : [
        el("h3", {}, case_id ? "Case " : "No case yet", case_id ?? ""),
        el("p", { class: "empty" }, case_id ? "deleted" : ""),
      ];
  const right = issue
    ? [
        el("h3", {}, "Issue ", el("span", { class: "id" }, issue.key), el("small", {}, ` ${issue.type}`)),
        issueActions(issue),
      ]
    : [
        el("h3", {}, issue_key ? "Issue " : "No issue yet", issue_key ?? ""),
        el("p", { class: "empty" }, issue_key ? "deleted" : ""),
      ];
  return el(
    "div",
    { class: "row sides" },
    el("div", { class: "cell aws" }, left),
    el("div", { class: "sign" }),
    el("div", { class: "cell jira" }, right),
  );
}

function ledger(items) {
  const shown = items.map((item) => {
    const { PK, SK, ...rest } = item;
    return el("tr", {}, el("td", {}, `${PK}`), el("td", {}, SK), el("td", {}, el("code", {}, JSON.stringify(rest))));
  });
  return el(
    "details",
    { class: "ledger", "data-name": "ledger" },
    el("summary", { "data-focus": "ledger" }, `The ledger: ${items.length} items about this pair`),
    el(
      "div",
      { class: "wide" },
      el(
        "table",
        {},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            ["partition", "item", "what is remembered"].map((each) => el("th", { scope: "col" }, each)),
          ),
        ),
        el("tbody", {}, shown),
      ),
    ),
  );
}
