// What somebody does on the page: an order to the sandbox, after a dialog where it needs more than a click.
import { button, el } from "./dom.js";

const TOKEN = document.querySelector("meta[name=sandbox-token]").content;
const said = document.getElementById("said");
const dialog = document.getElementById("ask");

let onPair = () => {};
export const whenPairChanges = (act) => {
  onPair = act;
};

export async function order(verb, values = {}) {
  let answer;
  try {
    const asked = await fetch(`/do/${verb}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Sandbox-Token": TOKEN },
      body: JSON.stringify(values),
    });
    answer = await asked.json();
  } catch {
    answer = { error: "The sandbox does not answer." };
  }
  said.textContent = answer.error ?? answer.said ?? "";
  said.className = answer.error ? "bad" : "good";
  said.dataset.verb = verb;
  if (answer.pair) onPair(answer.pair);
  return !answer.error;
}

// Asks for values: fields are {name, label, kind, value, options, hint}; `act` gets them by name.
export function ask(title, fields, label, act) {
  const inputs = fields.map((field) => [field, input(field)]);
  const form = el(
    "form",
    {
      method: "dialog",
      onsubmit: async (event) => {
        event.preventDefault();
        dialog.close();
        await act(
          Object.fromEntries(
            await Promise.all(inputs.map(async ([field, made]) => [field.name, await value(field, made)])),
          ),
        );
      },
    },
    el("h2", { id: "ask-title" }, title),
    inputs.map(([field, made]) =>
      field.kind === "flag"
        ? el("label", { class: "flag" }, made, " ", field.label)
        : el("label", {}, field.label, made, field.hint && el("small", {}, field.hint)),
    ),
    el(
      "div",
      { class: "actions" },
      el("button", { class: "primary" }, label),
      button("Cancel", () => dialog.close()),
    ),
  );
  dialog.replaceChildren(form);
  dialog.showModal();
}

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
