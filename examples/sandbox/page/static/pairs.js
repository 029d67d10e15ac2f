// The list of pairs, and what begins one.
import { button, el, keyed } from "./dom.js";
import { ask, order } from "./orders.js";

const list = document.getElementById("pairs");

export const badge = (word) => el("span", { class: `badge ${word.replaceAll(" ", "-")}` }, word);

export function showPairs(pairs, chosen, choose) {
  const items = pairs.map((pair) => ({
    ...pair,
    state: pair.state.word,
    current: [pair.name, pair.also].includes(chosen),
  }));
  keyed(
    list,
    items,
    (pair) => pair.name,
    (pair) =>
      el(
        "li",
        {},
        button(
          [
            el("span", { class: "title" }, pair.title || "(no title)"),
            el(
              "span",
              { class: "ids" },
              [pair.case && `…${pair.case.slice(-4)}`, pair.key].filter(Boolean).join(" · "),
            ),
            badge(pair.state),
          ],
          () => choose(pair.name),
          { "aria-current": pair.current ? "true" : null, "data-focus": "choose" },
        ),
      ),
  );
}

document.getElementById("open-case").addEventListener("click", () =>
  ask(
    "Open a case",
    [
      { name: "title", label: "Title", value: "Unusual API calls with an access key" },
      {
        name: "description",
        label: "Description",
        kind: "text",
        value: "GuardDuty: **CreateUser** from 198.51.100.7.\n\n- key of `build-runner`\n- nobody was at work",
      },
      { name: "responder", label: "AWS's responders manage it (Grace's account does otherwise)", kind: "flag" },
    ],
    "Open",
    (values) => order("open-case", values),
  ),
);

document.getElementById("create-issue").addEventListener("click", () =>
  ask(
    "Create an issue",
    [
      { name: "summary", label: "Summary", value: "Phishing mail in finance" },
      {
        name: "description",
        label: "Description",
        kind: "text",
        value: "Two people clicked. Mail headers follow.",
        optional: true,
      },
      { name: "rich", label: "Instead, a description with a panel, a table, lists and code", kind: "flag" },
    ],
    "Create",
    (values) => order("create-issue", values),
  ),
);
