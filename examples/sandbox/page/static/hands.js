// What people do to the chosen pair: in AWS's console, and in Jira.
import { button, el } from "./dom.js";
import { ask, order } from "./orders.js";
import { clock } from "./time.js";

// `focus` names the button among all of the page, so that whoever is on it stays there when it is drawn anew.
const action = (label, act, focus, properties = {}) =>
  button(label, act, { class: "quiet", "data-focus": focus, ...properties });

export function caseActions(aws) {
  const target = { case: aws.id };
  const edit = () =>
    ask(
      "Edit the case",
      [
        { name: "title", label: "Title", value: aws.title },
        { name: "description", label: "Description", kind: "text", value: aws.description },
      ],
      "Save",
      (v) => order("edit-case", { ...target, ...changed(v, aws) }),
    );
  const move = () =>
    ask(
      "Change the case's status",
      [{ name: "status", label: "Status", kind: "choice", options: aws.statuses }],
      "Change",
      (v) => order("move-case", { ...target, ...v }),
    );
  const close = () =>
    ask(
      "Close the case",
      [{ name: "code", label: "Closure code", kind: "choice", options: aws.codes }],
      "Close the case",
      (v) => order("close-case", { ...target, ...v }),
    );
  const open = aws.statuses.length > 0;
  return el(
    "div",
    { class: "actions", role: "group", "aria-label": "The case" },
    action("Edit", edit, "case edit"),
    open && action("Status", move, "case status"),
    open && action("Close", close, "case close"),
    action("Attach", () => attach("attach-case", target), "case attach"),
    action("Watch", () => watch("watch-case", target), "case watch"),
    action("Delete", () => remove("delete-case", target, "the case"), "case delete"),
  );
}

export function issueActions(issue) {
  const target = { issue: issue.key };
  const edit = () =>
    ask(
      "Edit the issue",
      [
        { name: "title", label: "Summary", value: issue.title },
        {
          name: "description",
          label: "Description",
          kind: "text",
          value: issue.plain,
          hint: "Saving another text takes the place of its layout.",
          optional: true,
        },
      ],
      "Save",
      (v) => {
        const { title, description } = changed(v, { title: issue.title, description: issue.plain });
        return order("edit-issue", {
          ...target,
          ...(title === undefined ? {} : { summary: title }),
          ...(description === undefined ? {} : { description }),
        });
      },
    );
  const demand = issue.transitions.some((each) => each.resolution);
  const fields = [
    {
      name: "to",
      label: "What the workflow offers",
      kind: "choice",
      options: issue.transitions.map((each) => each.to),
    },
  ];
  if (demand)
    fields.push({
      name: "resolution",
      label: "Resolution, where the screen demands one",
      kind: "choice",
      options: issue.resolutions,
    });
  const move = () =>
    ask("Change the issue's status", fields, "Change", (v) => {
      const step = issue.transitions.find((each) => each.to === v.to);
      return order("transition-issue", {
        ...target,
        to: v.to,
        ...(step?.resolution ? { resolution: v.resolution } : {}),
      });
    });
  return el(
    "div",
    { class: "actions", role: "group", "aria-label": "The issue" },
    action("Edit", edit, "issue edit"),
    action("Status", move, "issue status"),
    action("Attach", () => attach("attach-issue", target), "issue attach"),
    action("Watch", () => watch("watch-issue", target), "issue watch"),
    action(`Move to ${issue.elsewhere}`, () => order("move-issue", target), "issue move"),
    action("Delete", () => remove("delete-issue", target, "the issue"), "issue delete"),
  );
}

const changed = (values, before) =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== before[name]));
const attach = (verb, target) =>
  ask("Attach a file", [{ name: "file", label: "File", kind: "file" }], "Attach", ({ file }) =>
    order(verb, { ...target, ...file }),
  );
const watch = (verb, target) =>
  ask("Add a watcher", [{ name: "email", label: "E-mail address", value: "bob@example.com" }], "Add", (v) =>
    order(verb, { ...target, ...v }),
  );
const remove = (verb, target, what) => ask(`Delete ${what}?`, [], "Delete", () => order(verb, target));

// Which comment a button is about, for those who hear it: "Edit the comment of grace, 23:07".
const about = (verb, comment) => ({ "aria-label": `${verb} the comment of ${comment.who}, ${clock(comment.at, false)}` });

function editComment(verb, target, text) {
  return ask("Edit the comment", [{ name: "text", label: "Text", kind: "text", value: text }], "Save", (v) =>
    order(verb, { ...target, ...v }),
  );
}

export function caseComment(pair, comment) {
  const target = { case: pair.case_id, comment: comment.id };
  const edit = () => editComment("edit-case-comment", target, comment.text);
  return action("Edit", edit, `case comment ${comment.id} edit`, about("Edit", comment));
}

export function issueComment(pair, comment) {
  const target = { issue: pair.issue_key, comment: comment.id };
  const edit = () => editComment("edit-issue-comment", target, comment.plain);
  const restrict = () => order("restrict-issue-comment", { ...target, restricted: !comment.restricted });
  const label = comment.restricted ? "Unrestrict" : "Restrict";
  const focus = (name) => `issue comment ${comment.id} ${name}`;
  return [
    action("Edit", edit, focus("edit"), about("Edit", comment)),
    action(label, restrict, focus("restrict"), about(label, comment)),
    action("Delete", () => order("delete-issue-comment", target), focus("delete"), about("Delete", comment)),
  ];
}

// Where a comment is written. `target` tells, when it is sent, which case or issue it is for by then.
export function writing(side, target) {
  const text = el("textarea", {
    rows: 2,
    "aria-label": `Comment on the ${side}`,
    name: `comment-${side}`,
    required: true,
  });
  const flag = el("input", { type: "checkbox" });
  const label = side === "case" ? " as AWS's responder" : " for administrators only";
  const send = async (event) => {
    event.preventDefault();
    const sent = text.value;
    const answer = await order(`comment-${side}`, {
      [side]: target(),
      text: sent,
      [side === "case" ? "responder" : "restricted"]: flag.checked,
    });
    if (!answer.error && text.value === sent) text.value = "";
  };
  return el(
    "form",
    { class: "write", onsubmit: send },
    text,
    el("div", { class: "actions" }, el("button", {}, "Comment"), el("label", { class: "flag" }, flag, label)),
  );
}
