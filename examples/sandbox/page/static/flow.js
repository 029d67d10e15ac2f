// What flows between the two sides, and who works on it.
import { el, keyed } from "./dom.js";
import { clock, since, span } from "./time.js";

const aside = document.getElementById("flow");
const section = (id, title) => {
  const list = el("div", { id, class: "list" });
  aside.append(el("section", { "aria-labelledby": `${id}-title` }, el("h2", { id: `${id}-title` }, title), list));
  return list;
};
const queues = section("queues", "Queues");
const runs = section("runs", "Runs of functions");
const bells = section("notifications", "Notifications");
const events = section("events", "Events on the bus");

// The functions' short names by their full ones.
let names = {};

export const short = (name) => names[name] ?? name;

export function showFlow(flow) {
  names = Object.fromEntries(Object.entries(flow.functions).map(([brief, full]) => [full, brief]));
  keyed(queues, flow.queues, (queue) => queue.name, drawQueue);
  keyed(bells, flow.notifications, (each) => each.number, drawBell);
  keyed(events, flow.events, (each) => each.id, drawEvent);
}

export function showRuns(list) {
  keyed(runs, list, (run) => run.id, drawRun);
}

const pre = (text) => el("pre", {}, text);

function drawQueue(queue) {
  const message = (each) =>
    el(
      "li",
      {},
      el(
        "small",
        {},
        "sent ",
        since(each.sent),
        each.receives ? `, received ${each.receives === 1 ? "once" : `${each.receives} times`}, ` : ", ",
        each.at_work ? "a function is at work on it" : [each.receives ? "next " : "due ", since(each.due)],
      ),
      each.reason && el("p", { class: "bad" }, each.reason),
      pre(each.body),
    );
  return el(
    "details",
    { class: `queue${queue.dead ? " bad" : ""}`, "data-name": "queue" },
    el(
      "summary",
      { "data-focus": "queue" },
      el("span", { class: "name" }, queue.name),
      el("span", { class: "count" }, `${queue.depth} waiting`),
      el("span", { class: "age" }, queue.oldest ? ["oldest ", since(queue.oldest)] : ""),
      el("span", { class: queue.dead ? "count bad" : "count" }, `${queue.dead} dead`),
    ),
    queue.messages.length ? el("ul", {}, queue.messages.map(message)) : el("p", { class: "empty" }, "no message"),
    queue.letters.length ? [el("h3", {}, "Dead letters"), el("ul", {}, queue.letters.map(message))] : null,
  );
}

function drawBell(bell) {
  return el(
    "p",
    { class: `bell ${/dropped|held/.test(bell.fate) ? "bad" : ""}` },
    el("time", {}, clock(bell.at)),
    ` ${bell.system} · ${bell.kind} · ${bell.about} `,
    el("i", {}, bell.fate),
  );
}

function drawEvent(event) {
  return el(
    "details",
    { "data-name": "event" },
    el(
      "summary",
      { "data-focus": "event" },
      el("time", {}, clock(event.at)),
      ` ${event.type} `,
      el("span", { class: "ids" }, event.about),
      event.changed ? el("i", {}, ` ${event.changed}`) : "",
    ),
    pre(event.detail),
  );
}

function drawRun(run) {
  const word = run.failure
    ? "failed"
    : run.seconds === null
      ? "at work"
      : run.again
        ? `${run.again} to come again`
        : "";
  const failed = run.calls.filter(isBad).length;
  return el(
    "details",
    { class: `run${run.failure ? " bad" : ""}${run.seconds === null ? " now" : ""}`, "data-name": "run" },
    el(
      "summary",
      { "data-focus": "run" },
      el("time", {}, clock(run.at)),
      el("span", { class: "name" }, short(run.function)),
      el("span", { class: "count" }, run.seconds === null ? "…" : span(run.seconds)),
      el(
        "span",
        { class: failed ? "count bad" : "count" },
        `${run.calls.length} call${run.calls.length === 1 ? "" : "s"}${failed ? `, ${failed} not done` : ""}`,
      ),
      el("span", { class: run.failure ? "bad" : "warn" }, word),
    ),
    run.failure && el("p", { class: "bad" }, run.failure),
    el("p", { class: "empty" }, run.cold === null ? "a warm process" : `a new process, ready after ${span(run.cold)}`),
    run.told.map(pre),
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ["service", "operation", "answer", "took"].map((each) => el("th", { scope: "col" }, each)),
        ),
      ),
      el("tbody", {}, run.calls.map(drawCall)),
    ),
    el("div", { class: "lines" }, run.lines.map(drawLine)),
  );
}

// A condition of the ledger that does not hold is how functions keep out of each other's way.
const isBad = (call) =>
  call.status === null || (call.status >= 400 && !/^Condition|^TransactionCanceled/.test(call.error));

const drawCall = (call) =>
  el(
    "tr",
    { class: isBad(call) ? "bad" : "" },
    el("td", {}, call.service),
    el("td", {}, call.operation),
    el("td", {}, call.status ?? "none", call.error ? ` ${call.error}` : ""),
    el("td", {}, span(call.seconds)),
  );

// A line of the log: what it says first, if it is one of the functions' own.
function drawLine(line) {
  try {
    const { level, message, _aws, ...rest } = JSON.parse(line);
    if (_aws) return el("p", { class: "line empty" }, "metrics ", JSON.stringify(rest));
    return el(
      "p",
      { class: `line ${level}` },
      el("b", {}, `${level} `),
      typeof message === "string" ? message : JSON.stringify(message),
      " ",
      el("small", {}, JSON.stringify(rest)),
    );
  } catch {
    return el("p", { class: "line empty" }, line);
  }
}
