// What somebody does on the page: an order to the sandbox, after a dialog where it needs more than a click.
import { button, el } from "./dom.js";

const TOKEN = document.querySelector("meta[name=sandbox-token]").content;
const PATIENCE = 30_000;
const SAID_FOR = 10_000;
const SILENCE = "The sandbox does not answer. It may have ended, or other tabs hold all of its connections: close some.";
const said = document.getElementById("said");
const dialog = document.getElementById("ask");

let onPair = () => {};
export const whenPairChanges = (act) => {
  onPair = act;
};

// Said for a while: it lies over what is below it.
let silence;
function say(text, kind) {
  clearTimeout(silence);
  said.textContent = text;
  said.className = kind;
  silence = setTimeout(() => {
    said.textContent = "";
  }, SAID_FOR);
}

export async function order(verb, values = {}) {
  let answer;
  try {
    const asked = await fetch(`/do/${verb}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Sandbox-Token": TOKEN },
      body: JSON.stringify(values),
      signal: AbortSignal.timeout(PATIENCE),
    });
    answer = await asked.json();
  } catch {
    answer = { error: SILENCE };
  }
  say(answer.error ?? answer.said ?? "", answer.error ? "bad" : "good");
  if (answer.pair) onPair(answer.pair);
  return answer;
}

// Asks for values: fields are {name, label, kind, value, options, hint}; `act` gets them by name, and answers as `order`
// does. What was refused stays as it was typed.
export function ask(title, fields, label, act) {
  const inputs = fields.map((field) => [field, input(field)]);
  const send = el("button", { class: "primary" }, label);
  let sending = false;
  const refusal = el("p", { class: "bad", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    refusal.textContent = "";
    const given = inputs.map(async ([field, made]) => [field.name, await value(field, made)]);
    const answer = await act(Object.fromEntries(await Promise.all(given)));
    sending = false;
    if (!form.isConnected) return;
    if (answer.error) refusal.textContent = answer.error;
    else dialog.close();
  };
  const form = el(
    "form",
    { method: "dialog", onsubmit: submit },
    el("h2", { id: "ask-title" }, title),
    inputs.map(([field, made]) =>
      field.kind === "flag"
        ? el("label", { class: "flag" }, made, " ", field.label)
        : el("label", {}, field.label, made, field.hint && el("small", {}, field.hint)),
    ),
    refusal,
    el(
      "div",
      { class: "actions" },
      send,
      button("Cancel", () => dialog.close()),
    ),
  );
  opener = document.activeElement?.dataset.focus;
  dialog.replaceChildren(form);
  dialog.showModal();
}

// The browser goes back to what opened the dialog, unless that was drawn anew meanwhile.
let opener;
dialog.addEventListener("close", () => {
  if (opener && document.activeElement === document.body)
    document.querySelector(`[data-focus="${CSS.escape(opener)}"]`)?.focus();
});

function input(field) {
  const named = { name: field.name, required: field.optional ? null : true };
  if (field.kind === "flag") return el("input", { type: "checkbox", name: field.name });
  if (field.kind === "file") return el("input", { type: "file", ...named });
  if (field.kind === "choice")
    return el(
      "select",
      named,
      field.options.map((each) => el("option", {}, each)),
    );
  const made = el(field.kind === "text" ? "textarea" : "input", {
    ...named,
    ...(field.kind === "text" ? { rows: 6 } : {}),
  });
  made.value = field.value ?? "";
  return made;
}

async function value(field, made) {
  if (field.kind === "flag") return made.checked;
  return field.kind === "file" ? await file(made.files[0]) : made.value;
}

async function file(chosen) {
  const bytes = new Uint8Array(await chosen.arrayBuffer());
  let letters = "";
  for (let at = 0; at < bytes.length; at += 32768) letters += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return { name: chosen.name, content: btoa(letters) };
}
