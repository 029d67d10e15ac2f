// Trouble by button, and time.
import { button, el, keyed } from "./dom.js";
import { short } from "./flow.js";
import { ask, order } from "./orders.js";
import { clock, since } from "./time.js";

const bar = document.getElementById("troubles");
const WAYS = { once: "once each", doubled: "doubled", dropped: "dropped", reordered: "out of order" };
const CALLS = {
  "any request": ".*",
  "a change in Jira": "jira:(POST|PUT|DELETE) .*",
  "a comment in Jira": "jira:POST .*/comment",
  "a new issue": "jira:POST .*/issue",
  "a change of a case": "security-ir:(Create|Update|Close).*",
  "a new case": "security-ir:CreateCase",
  "a write to the ledger": "dynamodb:(PutItem|UpdateItem|TransactWriteItems)",
  "an event for the bus": "events:PutEvents",
};

const toggle = (label, on, verb, values = {}) =>
  button(label, () => order(verb, { ...values, on: !on }), { "aria-pressed": String(on), "data-focus": label });
const press = (label, verb, values = {}, properties = {}) =>
  button(label, () => order(verb, values), { "data-focus": `${verb} ${JSON.stringify(values)}`, ...properties });
const group = (key, label, told, draw) => ({
  key,
  told,
  draw: () =>
    el(
      "div",
      { class: "group", role: label ? "group" : null, "aria-label": label || null },
      label && el("span", { class: "label", "aria-hidden": "true" }, label),
      draw(),
    ),
});

export function showTroubles(now, { virtual, applied, sweeps, functions }) {
  const passing = now.passing_until !== null;
  const held = !applied || passing;
  keyed(
    bar,
    [
      group("jira", "Jira", [now.down.jira, now.slow, now.throttled, now.lost], () => [
        toggle("Down", now.down.jira, "down", { system: "jira" }),
        toggle("Slow", now.slow, "slow"),
        press(
          now.throttled ? `429 (${now.throttled} left)` : "429",
          "throttle",
          {},
          { "aria-pressed": String(now.throttled > 0), title: "The next five requests: 429 with Retry-After" },
        ),
        press(
          "Lose the next creation's answer",
          "lose-creation",
          { system: "jira" },
          { "aria-pressed": String(now.lost.includes("jira")) },
        ),
      ]),
      group("token", "Token", [now.revoked, applied], () => [
        press("Revoke", "revoke-token", {}, { "aria-pressed": String(now.revoked) }),
        press("Rotate", "rotate-token", {}, { disabled: !applied }),
      ]),
      group("cases", "security-ir", [now.down, now.lost], () => [
        toggle("Down", now.down["security-ir"], "down", { system: "security-ir" }),
        press(
          "Lose the next creation's answer",
          "lose-creation",
          { system: "security-ir" },
          { "aria-pressed": String(now.lost.includes("security-ir")) },
        ),
      ]),
      group("bells", "Notifications", now.notifications, () =>
        Object.entries(WAYS).map(([way, label]) =>
          press(
            label,
            "notifications",
            { way },
            { "aria-pressed": String(now.notifications === way), class: way === "once" ? "calm" : null },
          ),
        ),
      ),
      group("kill", "Functions", [now.traps, applied, functions], () => [
        button("Kill at a request…", () => kill(functions), {
          disabled: !applied,
          "data-focus": "kill",
          "aria-pressed": String(now.traps.length > 0),
        }),
        now.traps.map((trap) =>
          el("small", {}, `${short(trap.function)} dies ${trap.after ? "after" : "before"} ${trap.match}`),
        ),
      ]),
      group("time", "Time", [virtual, applied, passing, now.mishap, sweeps], () => [
        press("Case sweep", "sweep", { which: "case" }, { disabled: !applied }),
        press("Issue sweep", "sweep", { which: "issue" }, { disabled: !applied }),
        press(
          "15 minutes",
          "pass",
          { seconds: 900 },
          { disabled: held || !virtual, title: virtual ? null : "Time passes by itself here" },
        ),
        press(
          "6 hours",
          "pass",
          { seconds: 21600 },
          { disabled: held || !virtual, title: virtual ? null : "Time passes by itself here" },
        ),
        passing && el("small", {}, `passing, until ${clock(now.passing_until, false)}`),
        !passing &&
          Object.entries(sweeps).map(([name, due]) =>
            el("small", {}, `${/case/.test(name) ? "cases" : "issues"} `, since(due)),
          ),
        now.mishap && el("small", { class: "bad" }, now.mishap),
      ]),
      group("mend", "", "", () => press("Mend everything", "mend", {}, { class: "primary" })),
    ],
    (each) => each.key,
    (each) => each.draw(),
  );
}

function kill(functions) {
  ask(
    "Kill a function",
    [
      { name: "function", label: "Function", kind: "choice", options: Object.keys(functions) },
      { name: "call", label: "At its next request that is", kind: "choice", options: Object.keys(CALLS) },
      { name: "after", label: "Once it is carried out, before the answer is read", kind: "flag" },
    ],
    "Set the trap",
    (v) => order("kill", { function: functions[v.function], match: CALLS[v.call], after: v.after }),
  );
}
