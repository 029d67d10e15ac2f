// What people do to the chosen pair: in AWS's console, and in Jira.
import { button, el } from "./dom.js";
import { ask, order } from "./orders.js";

const action = (label, act) => button(label, act, { class: "quiet", "data-focus": label });

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
    action("Edit", edit),
    open && action("Status", move),
    open && action("Close", close),
    action("Attach", () => attach("attach-case", target)),
    action("Watch", () => watch("watch-case", target)),
    action("Delete", () => remove("delete-case", target, "the case")),
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
    action("Edit", edit),
    action("Status", move),
    action("Attach", () => attach("attach-issue", target)),
    action("Watch", () => watch("watch-issue", target)),
    action(`Move to ${issue.elsewhere}`, () => order("move-issue", target)),
    action("Delete", () => remove("delete-issue", target, "the issue")),
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

export function caseComment(pair, comment) {
  const target = { case: pair.case_id, comment: comment.id };
  return action("Edit", () =>
    ask("Edit the comment", [{ name: "text", label: "Text", kind: "text", value: comment.text }], "Save", (v) =>
      order("edit-case-comment", { ...target, ...v }),
    ),
  );
}

export function issueComment(pair, comment) {
  const target = { issue: pair.issue_key, comment: comment.id };
  return [
    action("Edit", () =>
      ask("Edit the comment", [{ name: "text", label: "Text", kind: "text", value: comment.plain }], "Save", (v) =>
        order("edit-issue-comment", { ...target, ...v }),
      ),
    ),
    action(comment.restricted ? "Unrestrict" : "Restrict", () =>
      order("restrict-issue-comment", { ...target, restricted: !comment.restricted }),
    ),
    action("Delete", () => order("delete-issue-comment", target)),
  ];
}

export function writing(side, target) {
  const text = el("textarea", {
    rows: 2,
    "aria-label": `Comment on the ${side}`,
    name: `comment-${side}`,
    required: true,
    "data-focus": "text",
  });
  const flag = el("input", { type: "checkbox" });
  const label = side === "case" ? " as AWS's responder" : " for administrators only";
  const send = async (event) => {
    event.preventDefault();
    const done = await order(`comment-${side}`, {
      [side]: target,
      text: text.value,
      [side === "case" ? "responder" : "restricted"]: flag.checked,
    });
    if (done) text.value = "";
  };
  return el(
    "form",
    { class: "write", onsubmit: send },
    text,
    el("div", { class: "actions" }, el("button", {}, "Comment"), el("label", { class: "flag" }, flag, label)),
  );
}
