"""The dashboard as one HTML page that needs nothing else: the body that Terraform put, drawn from what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from sandbox.cloud.measures import LogLine

from . import queries
from .alarms import State, Watched
from .chart import chart, clock
from .metrics import Metrics, Periods

_COLUMNS = 24
_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5b6570;--paper:#fff;--card:#f5f6f8;--grid:#d9dde2;--bad:#b3261e;
--good:#1a7f37;--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#cc79a7;--c4:#8a6d00;--c5:#56b4e9;--c6:#6f42c1;--c7:#444}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa4af;--paper:#101418;--card:#1a2027;--grid:#333c46;
--bad:#ff8a80;--good:#7ee2a0;--c0:#5ab4f0;--c1:#ff9a5c;--c2:#3ecfa3;--c3:#e8a5cb;--c4:#e0c04a;--c5:#8fd0ff;--c6:#b79cf0;
--c7:#cfd6dd}}
body{font:14px/1.4 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:1rem}
main{display:grid;grid-template-columns:repeat(24,1fr);gap:.6rem}
section{background:var(--card);border-radius:6px;padding:.5rem .7rem;min-width:0;overflow:auto}
section.text{background:none;padding:0}h1{font-size:1.3rem}h2{font-size:1.05rem;margin:.8rem 0 0}
h3{font-size:.9rem;margin:0 0 .3rem}small,.empty,p.note{color:var(--soft)}svg{width:100%;height:auto}
svg text{font-size:9px;fill:var(--soft)}.grid{stroke:var(--grid)}
.line{fill:none;stroke-width:3;stroke-linejoin:round;stroke-linecap:round}
ul{list-style:none;margin:0;padding:0}.legend li{display:inline-block;margin-right:.8rem}
.dot{display:inline-block;width:.7em;height:.7em;border-radius:50%;margin-right:.3em}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.15rem .5rem .15rem 0;vertical-align:top}
.ALARM{color:var(--bad);font-weight:600}.OK{color:var(--good)}
@media(max-width:900px){main section{grid-column:1/-1!important}}
""" + "".join(f".line.c{n}{{stroke:var(--c{n})}}.dot.c{n}{{background:var(--c{n})}}" for n in range(8))
_STATES: dict[State, str] = {"ALARM": "rings", "OK": "quiet", "INSUFFICIENT_DATA": "knows nothing"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page is drawn from: everything measured and logged, the alarms, and the time it shows."""

    metrics: Metrics
    lines: Sequence[LogLine]
    alarms: dict[str, Watched]
    periods: Periods


def page(title: str, body: dict[str, Any], seen: Seen) -> str:
    """The page. Everything that came from elsewhere stands in it as text."""
    widgets = sorted(body["widgets"], key=lambda widget: (widget["y"], widget["x"]))
    span = f"{clock(seen.periods.starts[0])} to {clock(seen.periods.end)} UTC, {seen.periods.seconds} s a point"
    return "".join(
        (
            "<!doctype html><html lang=en><meta charset=utf-8>",
            '<meta name=viewport content="width=device-width,initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>",
            f"<p class=note>The sandbox's time: {span}. Load the page again for what happened since.</p><main>",
            *(_section(widget, seen) for widget in widgets),
            "</main></html>",
        )
    )


def _section(widget: dict[str, Any], seen: Seen) -> str:
    place = f"grid-column:{widget['x'] + 1}/span {min(widget['width'], _COLUMNS)}"
    properties, kind = widget["properties"], widget["type"]
    if kind == "text":
        return f'<section class=text style="{place}"><h2>{escape(properties["markdown"].lstrip("# "))}</h2></section>'
    return (
        f'<section style="{place}"><h3>{escape(properties["title"])}</h3>{_content(kind, properties, seen)}</section>'
    )


def _content(kind: str, properties: dict[str, Any], seen: Seen) -> str:
    match kind:
        case "alarm":
            return _alarms([seen.alarms[arn.rsplit(":alarm:", 1)[1]] for arn in properties["alarms"]])
        case "metric":
            lines = seen.metrics.chart(properties["metrics"], properties.get("stat", "Average"), seen.periods)
            return chart(lines, seen.periods)
        case "log":
            since = seen.periods.starts[0]
            return _table(queries.run(properties["query"], [line for line in seen.lines if line.at >= since]))
    raise ValueError(f"the sandbox draws no widget of type {kind}")


def _alarms(alarms: list[Watched]) -> str:
    """Those that ring first, with the story of those that rang, and all others in one line."""
    rang = sorted(
        (a for a in alarms if any(state == "ALARM" for _, state in a.turns)), key=lambda a: a.state != "ALARM"
    )
    quiet = [alarm.name for alarm in alarms if alarm not in rang]
    rows = [
        f"<tr><td class={alarm.state}>{_STATES[alarm.state]}<td><b>{escape(alarm.name)}</b> "
        f"<small>{escape(_story(alarm))}</small><br>{escape(alarm.description)}"
        for alarm in rang
    ]
    head = "" if rows else "<p class=OK>None has rung.</p>"
    return f"{head}<table>{''.join(rows)}</table><p class=empty>quiet: {escape(', '.join(quiet))}</p>"


def _story(alarm: Watched) -> str:
    return ", ".join(f"{clock(moment)} {_STATES[state]}" for moment, state in alarm.turns)


def _table(rows: list[queries.Row]) -> str:
    if not rows:
        return "<p class=empty>nothing so far</p>"
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{escape(name)}" for name in names)
    lines = ("<tr>" + "".join(f"<td>{escape(str(row.get(name, '')))}" for name in names) for row in rows)
    return f"<table><tr>{head}{''.join(lines)}</table>"
