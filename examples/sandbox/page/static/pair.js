// The chosen pair: the case on the left, the issue on the right, what belongs together beside each other.
import { rich } from "./adf.js";
import { button, el, keyed, unseen } from "./dom.js";
import { ask, order } from "./orders.js";
import { badge } from "./pairs.js";
import { clock, since } from "./time.js";

const main = document.getElementById("pair");
const verdict = document.getElementById("verdict");
const SIGNS = { same: ["=", "the same on both sides"], differs: ["≠", "differs"], apart: ["·", "meant to differ"] };

export function showPair(pair) {
  if (!pair) {
    main.replaceChildren(el("p", { class: "empty hint" }, "Open a case or create an issue: its other half appears by itself, and both stand here side by side."));
    return;
  }
  tell(pair);
  if (main.dataset.shown !== pair.name) main.replaceChildren();
  main.dataset.shown = pair.name;
  keyed(main, parts(pair), (part) => part.key, (part) => part.draw());
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
    part("head", [pair.state, aws?.title, issue?.title], () => head(pair)),
    part("sides", [aws && [aws.id, aws.status, aws.statuses], issue && [issue.key, issue.status, issue.transitions], pair.case_id, pair.issue_key, aws?.title, issue?.title, aws?.description, issue?.plain], () => names(pair)),
    part("title", [aws?.title, issue?.title, facet("title")], () => titles(aws, issue, facet("title"))),
    part("status", [aws?.status, issue?.status, facet("status")], () => row("Status", facet("status"), aws && status(aws.status, aws.status === "Closed" ? "done" : "case"), issue && status(issue.status, issue.category))),
    part("description", [aws?.description, issue?.description, facet("description")], () => row("Description", facet("description"), aws && plain(aws.description), issue && rich(issue.description))),
    part("facts", [aws?.facts, issue?.facts], () => row("Details", null, aws && facts(aws.facts), issue && facts(issue.facts))),
    part("watchers", [aws?.watchers, issue?.watchers, facet("watchers")], () => row("Watchers", facet("watchers"), aws && watching(aws.watchers), issue && watching(issue.watchers))),
    part("files", pair.files, () => files(pair.files)),
    part("comments-title", null, () => el("h3", {}, "Comments")),
    ...pair.comments.map((each) => part(`comment ${each.id}`, each, () => comment(pair, each))),
    part("write", [aws?.id, issue?.key], () => row("Write", null, aws && writing("case", aws.id), issue && writing("issue", issue.key))),
    part("ledger", pair.ledger, () => ledger(pair.ledger)),
  ];
  return rows.filter(Boolean);
}

function head({ case: aws, issue, state }) {
  const waits = state.waiting ? el("li", {}, `${state.waiting} message${state.waiting === 1 ? "" : "s"} in the queues`, state.tries > 1 ? `, tried ${state.tries} times` : "", state.due ? [", next ", since(state.due)] : "") : null;
  const why = [
    ...state.why.map((each) => el("li", {}, each)),
    waits,
    state.runs ? el("li", {}, "a function is at work on it") : null,
    state.dead ? el("li", {}, `${state.dead} dead letter${state.dead === 1 ? "" : "s"}`) : null,
    state.word === "out of step" ? el("li", {}, "nothing is on its way: the next sweep finds it") : null,
  ].filter(Boolean);
  return el("div", { class: "head", id: "state", "data-word": state.word }, el("h2", {}, aws?.title ?? issue?.title ?? ""), badge(state.word), why.length ? el("ul", { class: "why" }, why) : null);
}

function names({ case: aws, issue, case_id, issue_key }) {
  const left = aws
    ? [el("h3", {}, "Case ", el("span", { class: "id" }, aws.id), el("small", {}, ` ${aws.resolver}`)), caseActions(aws)]
    : [el("h3", {}, case_id ? "Case " : "No case yet", case_id ?? ""), el("p", { class: "empty" }, case_id ? "deleted" : "")];
  const right = issue
    ? [el("h3", {}, "Issue ", el("span", { class: "id" }, issue.key), el("small", {}, ` ${issue.type}`)), issueActions(issue)]
    : [el("h3", {}, issue_key ? "Issue " : "No issue yet", issue_key ?? ""), el("p", { class: "empty" }, issue_key ? "deleted" : "")];
  return el("div", { class: "row sides" }, el("div", { class: "cell aws" }, left), el("div", { class: "sign" }), el("div", { class: "cell jira" }, right));
}

const action = (label, act) => button(label, act, { class: "quiet", "data-focus": label });

function caseActions(aws) {
  const target = { case: aws.id };
  const edit = () => ask("Edit the case", [{ name: "title", label: "Title", value: aws.title }, { name: "description", label: "Description", kind: "text", value: aws.description }], "Save", (v) => order("edit-case", { ...target, ...changed(v, aws) }));
  const move = () => ask("Change the case's status", [{ name: "status", label: "Status", kind: "choice", options: aws.statuses }], "Change", (v) => order("move-case", { ...target, ...v }));
  const close = () => ask("Close the case", [{ name: "code", label: "Closure code", kind: "choice", options: aws.codes }], "Close the case", (v) => order("close-case", { ...target, ...v }));
  const open = aws.statuses.length > 0;
  return el("div", { class: "actions", role: "group", "aria-label": "The case" }, action("Edit", edit), open && action("Status", move), open && action("Close", close), action("Attach", () => attach("attach-case", target)), action("Watch", () => watch("watch-case", target)), action("Delete", () => remove("delete-case", target, "the case")));
}

function issueActions(issue) {
  const target = { issue: issue.key };
  const edit = () => ask("Edit the issue", [{ name: "title", label: "Summary", value: issue.title }, { name: "description", label: "Description", kind: "text", value: issue.plain, hint: "Saving another text takes the place of its layout.", optional: true }], "Save", (v) => {
    const { title, description } = changed(v, { title: issue.title, description: issue.plain });
    return order("edit-issue", { ...target, ...(title === undefined ? {} : { summary: title }), ...(description === undefined ? {} : { description }) });
  });
  const demand = issue.transitions.some((each) => each.resolution);
  const fields = [{ name: "to", label: "What the workflow offers", kind: "choice", options: issue.transitions.map((each) => each.to) }];
  if (demand) fields.push({ name: "resolution", label: "Resolution, where the screen demands one", kind: "choice", options: issue.resolutions });
  const move = () => ask("Change the issue's status", fields, "Change", (v) => {
    const step = issue.transitions.find((each) => each.to === v.to);
    return order("transition-issue", { ...target, to: v.to, ...(step?.resolution ? { resolution: v.resolution } : {}) });
  });
  return el("div", { class: "actions", role: "group", "aria-label": "The issue" }, action("Edit", edit), action("Status", move), action("Attach", () => attach("attach-issue", target)), action("Watch", () => watch("watch-issue", target)), action(`Move to ${issue.elsewhere}`, () => order("move-issue", target)), action("Delete", () => remove("delete-issue", target, "the issue")));
}

const changed = (values, before) => Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== before[name]));
const attach = (verb, target) => ask("Attach a file", [{ name: "file", label: "File", kind: "file" }], "Attach", ({ file }) => order(verb, { ...target, ...file }));
const watch = (verb, target) => ask("Add a watcher", [{ name: "email", label: "E-mail address", value: "bob@example.com" }], "Add", (v) => order(verb, { ...target, ...v }));
const remove = (verb, target, what) => ask(`Delete ${what}?`, [], "Delete", () => order(verb, target));

// Rows

function row(label, facet, left, right, extra = "") {
  const { verdict = "none", why = "" } = facet ?? {};
  const [sign, words] = SIGNS[verdict] ?? ["", ""];
  // Why one side has nothing stands where it would have it.
  const nothing = el("p", { class: "empty" }, /from-integration/.test(extra) ? "" : why || "–");
  return el(
    "div",
    { class: `row ${verdict} ${extra}`, role: label ? "group" : null, "aria-label": label || null },
    el("div", { class: "cell aws" }, label && el("h4", {}, label), left || nothing),
    el("div", { class: "sign", title: why || words }, sign && el("span", { "aria-hidden": "true" }, sign), unseen(why || words)),
    el("div", { class: "cell jira" }, label && el("h4", { "aria-hidden": "true" }, label), right || nothing.cloneNode(true), left && right && why && verdict !== "same" ? el("p", { class: "note" }, why) : null),
  );
}

const plain = (text) => el("div", { class: "plain" }, text);
const status = (name, kind) => el("span", { class: `lozenge ${kind}` }, name);
const facts = (known) => el("dl", {}, known.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
const watching = (watchers) => el("p", { class: "watchers" }, watchers.join(", ") || "nobody");

function titles(aws, issue, facet) {
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
    const [before, between, after] = [words.slice(0, begin), words.slice(begin, words.length - end), words.slice(words.length - end)];
    return [before.join(""), el("mark", {}, between.join("")), after.join("")];
  });
}

function files(rows) {
  const file = (each) => el("span", { class: "chip" }, each.name, el("small", {}, ` ${each.size.toLocaleString("en")} bytes${each.state && each.state !== "Verified" ? `, ${each.state}` : ""}`));
  if (!rows.length) return row("Files", null, null, null);
  return el("div", { class: "files" }, rows.map((each, place) => row(place ? "" : "Files", each.facet, each.case.map(file), each.issue.map(file), each.origin)));
}

function comment(pair, { origin, facet, case: onCase, issue: onIssue }) {
  const left = onCase.map((each) => said(each, plain(each.text), !each.ours && caseComment(pair, each)));
  const right = onIssue.map((each) => said(each, rich(each.body), !each.ours && issueComment(pair, each)));
  return row("", facet, left.length && left, right.length && right, `comment from-${origin}`);
}

function said(comment, text, actions) {
  return el(
    "article",
    { class: comment.ours ? "said ours" : "said" },
    el("p", { class: "by" }, el("b", {}, comment.who), ` ${clock(comment.at, false)}`, comment.edited ? " (edited)" : "", comment.restricted ? el("span", { class: "chip" }, `for ${comment.restricted}`) : "", actions),
    text,
  );
}

function caseComment(pair, comment) {
  const target = { case: pair.case_id, comment: comment.id };
  return action("Edit", () => ask("Edit the comment", [{ name: "text", label: "Text", kind: "text", value: comment.text }], "Save", (v) => order("edit-case-comment", { ...target, ...v })));
}

function issueComment(pair, comment) {
  const target = { issue: pair.issue_key, comment: comment.id };
  return [
    action("Edit", () => ask("Edit the comment", [{ name: "text", label: "Text", kind: "text", value: comment.plain }], "Save", (v) => order("edit-issue-comment", { ...target, ...v }))),
    action(comment.restricted ? "Unrestrict" : "Restrict", () => order("restrict-issue-comment", { ...target, restricted: !comment.restricted })),
    action("Delete", () => order("delete-issue-comment", target)),
  ];
}

function writing(side, target) {
  const text = el("textarea", { rows: 2, "aria-label": `Comment on the ${side}`, name: `comment-${side}`, required: true, "data-focus": "text" });
  const flag = el("input", { type: "checkbox" });
  const label = side === "case" ? " as AWS's responder" : " for administrators only";
  const send = async (event) => {
    event.preventDefault();
    const done = await order(`comment-${side}`, { [side]: target, text: text.value, [side === "case" ? "responder" : "restricted"]: flag.checked });
    if (done) text.value = "";
  };
  return el("form", { class: "write", onsubmit: send }, text, el("div", { class: "actions" }, el("button", {}, "Comment"), el("label", { class: "flag" }, flag, label)));
}

function ledger(items) {
  const shown = items.map((item) => {
    const { PK, SK, ...rest } = item;
    return el("tr", {}, el("td", {}, `${PK}`), el("td", {}, SK), el("td", {}, el("code", {}, JSON.stringify(rest))));
  });
  return el("details", { class: "ledger", "data-name": "ledger" }, el("summary", { "data-focus": "ledger" }, `The ledger: ${items.length} items about this pair`), el("div", { class: "wide" }, el("table", {}, el("thead", {}, el("tr", {}, ["partition", "item", "what is remembered"].map((each) => el("th", { scope: "col" }, each)))), el("tbody", {}, shown))));
}
