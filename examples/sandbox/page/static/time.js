// The sandbox's time, which may be ahead of this machine's, and times relative to it that go on by themselves.
import { el } from "./dom.js";

let offset = 0;

export const setOffset = (seconds) => {
  offset = seconds;
};

export const now = () => Date.now() / 1000 + offset;

export function clock(at, seconds = true) {
  const format = { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hour12: false };
  return new Date(at * 1000).toLocaleTimeString("en-GB", format);
}

export function span(seconds) {
  if (seconds < 1) return seconds < 0.001 ? "0 ms" : `${Math.round(seconds * 1000)} ms`;
  if (seconds < 90) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${(seconds / 3600).toFixed(1)} h` : `${Math.round(seconds / 86400)} days`;
}

// A moment, as "3 min ago" or "in 40 s".
export const since = (at) => el("time", { "data-at": at, datetime: new Date(at * 1000).toISOString() }, relative(at));

function relative(at) {
  const passed = Math.round(now() - at);
  if (passed === 0) return "now";
  return passed > 0 ? `${span(passed)} ago` : `in ${span(-passed)}`;
}

export function tick() {
  for (const each of document.querySelectorAll("time[data-at]")) {
    const text = relative(Number(each.dataset.at));
    if (each.textContent !== text) each.textContent = text;
  }
}
