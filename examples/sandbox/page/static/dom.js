// Elements made of text. Nothing here, or anywhere else on the page, takes a text for HTML.

export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return made;
}

export const button = (label, act, properties = {}) =>
  el("button", { type: "button", onclick: act, ...properties }, label);

export const unseen = (text) => el("span", { class: "unseen" }, text);

// A link to where a link may lead; anything else is only its text.
export function link(address, ...children) {
  const shown = children.length ? children : [address];
  if (!leadsSomewhere(address)) return el("span", { class: "no-link", title: address }, ...shown);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...shown);
}

function leadsSomewhere(address) {
  try {
    return ["http:", "https:", "mailto:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

// Brings the children of `list` in line with `items`: one for each, told apart by `key`. What did not change stays the
// same element, so that what is open stays open, and whoever is on it stays there.
export function keyed(list, items, key, render) {
  const before = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const wanted = items.map((item) => {
    const name = String(key(item));
    const text = JSON.stringify(item);
    const old = before.get(name);
    if (old && old.told === text) return old;
    const made = render(item);
    made.dataset.key = name;
    made.told = text;
    if (old) takeOver(old, made);
    return made;
  });
  const kept = new Set(wanted);
  for (const node of [...list.children])
    if (!kept.has(node) && !wanted.some((made) => made.replaces === node)) node.remove();
  wanted.forEach((node, place) => {
    if (node.replaces?.parentNode === list) list.replaceChild(node, node.replaces);
    node.replaces = undefined;
    if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
    if (node.refocus) node.refocus();
  });
}

function takeOver(old, made) {
  made.replaces = old;
  for (const details of [old, ...old.querySelectorAll("details")]) {
    if (details.tagName !== "DETAILS" || !details.dataset.name) continue;
    const same = [made, ...made.querySelectorAll("details")].find((each) => each.dataset.name === details.dataset.name);
    if (same) same.open = details.open;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  if (!focused) return;
  made.refocus = () => {
    made.refocus = undefined;
    [made, ...made.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === focused)?.focus();
  };
}
