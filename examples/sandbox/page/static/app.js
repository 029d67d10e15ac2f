// Joins the stream of news to what draws it.
import { el } from "./dom.js";
import { showFlow, showRuns } from "./flow.js";
import { whenPairChanges } from "./orders.js";
import { showPair } from "./pair.js";
import { showPairs } from "./pairs.js";
import { clock, now, setOffset, span, tick } from "./time.js";
import { showTroubles } from "./troubles.js";

const known = { clock: null, pairs: null, troubles: null, flow: null };
const line = document.getElementById("line");
let chosen = named();
let stream;

// The pair that the address names; nothing that is no name.
function named() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

function choose(name) {
  chosen = name;
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  if (known.pairs) showPairs(known.pairs, chosen, choose);
  listen();
}

// A browser holds six connections to one host for all of its tabs: one that nobody looks at needs none.
function listen() {
  stream?.close();
  if (document.hidden) return;
  stream = new EventSource(`/news?pair=${encodeURIComponent(chosen)}`);
  stream.onopen = () => connected(true);
  stream.onerror = () => connected(false);
  for (const [name, show] of Object.entries(PARTS))
    stream.addEventListener(name, (news) => show(JSON.parse(news.data)));
}

function connected(well) {
  document.body.classList.toggle("lost", !well);
  line.textContent = well ? "" : "The sandbox has ended, or does not answer.";
}

const PARTS = {
  clock: (part) => {
    known.clock = part;
    setOffset(part.offset);
    showClock();
    troubles();
  },
  pairs: ({ pairs }) => {
    known.pairs = pairs;
    document.body.dataset.ready = "true";
    const here = pairs.some((pair) => [pair.name, pair.also].includes(chosen));
    if (!here && pairs.length) choose(pairs[0].name);
    else showPairs(pairs, chosen, choose);
  },
  pair: ({ pair }) => showPair(pair),
  flow: (part) => {
    known.flow = part;
    showFlow(part);
    troubles();
  },
  runs: ({ runs }) => showRuns(runs),
  troubles: (part) => {
    known.troubles = part;
    troubles();
  },
};

function troubles() {
  if (known.troubles && known.clock && known.flow) showTroubles(known.troubles, { ...known.clock, ...known.flow });
}

function showClock() {
  if (!known.clock) return;
  const jumped = known.clock.offset >= 1 ? ` (${span(known.clock.offset)} ahead)` : "";
  const text = known.clock.applied ? `${clock(now())}${jumped}` : "Terraform applies the module…";
  document.getElementById("clock").replaceChildren(el("span", {}, text));
}

whenPairChanges(choose);
addEventListener("hashchange", () => {
  if (named() !== chosen) choose(named());
});
document.addEventListener("visibilitychange", listen);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("pair").focus();
});
// What is gone to by keys is not to end up behind the bar, which stays on top and may have several lines.
const bar = document.getElementById("troubles");
new ResizeObserver(() => {
  const sticks = getComputedStyle(bar).position === "sticky";
  document.documentElement.style.scrollPaddingTop = sticks ? `${bar.offsetHeight + 8}px` : "";
}).observe(bar);
setInterval(() => {
  showClock();
  tick();
}, 1000);
listen();
