"""A chart as SVG: lines over time, with what each of them ends at."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import escape

from .expressions import Series
from .metrics import Periods

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 420.0, 150.0, 44.0, 18.0, 8.0
# Okabe and Ito's colours, which people who see few colours tell apart; a ninth line begins anew.
_COLOURS = 8


def chart(lines: Mapping[str, Series], periods: Periods) -> str:
    """The lines that have anything to show, and a legend that names all others as empty."""
    drawn = {label: series for label, series in lines.items() if series}
    empty = [label for label in lines if label not in drawn]
    parts = []
    if drawn:
        highest = _round_up(max(max(series.values()) for series in drawn.values()))
        parts.append(f'<svg viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img">')
        parts += _axes(highest, periods)
        parts += [_line(number, series, highest, periods) for number, series in enumerate(drawn.values())]
        parts.append("</svg><ul class=legend>")
        parts += [_entry(number, label, series) for number, (label, series) in enumerate(drawn.items())]
        parts.append("</ul>")
    if empty:
        parts.append(f"<p class=empty>nothing so far: {escape(', '.join(empty))}</p>")
    return "".join(parts)


def number(value: float) -> str:
    """A number as somebody reads it: ``1234`` or ``0.25``."""
    return f"{value:.0f}" if value == int(value) or value >= 100 else f"{value:.3g}"


def clock(moment: float) -> str:
    """``14:05`` in UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M")


def _axes(highest: float, periods: Periods) -> Iterator[str]:
    for share in (0.0, 0.5, 1.0):
        height = _y(share * highest, highest)
        yield f'<line class=grid x1="{_LEFT:.0f}" x2="{_WIDTH:.0f}" y1="{height:.1f}" y2="{height:.1f}"/>'
        yield f'<text x="{_LEFT - 4:.0f}" y="{height + 4:.1f}" text-anchor="end">{number(share * highest)}</text>'
    starts = periods.starts
    for at, anchor in ((starts[0], "start"), (starts[len(starts) // 2], "middle"), (periods.end, "end")):
        yield f'<text x="{_x(at, periods):.1f}" y="{_HEIGHT - 3:.0f}" text-anchor="{anchor}">{clock(at)}</text>'


def _line(number_: int, series: Series, highest: float, periods: Periods) -> str:
    """Joined where periods follow one another, and a dot where one stands alone."""
    at, points = sorted(series), []
    for moment in at:
        begins = moment - periods.seconds not in series
        x, y = _x(moment + periods.seconds / 2, periods), _y(series[moment], highest)
        points.append(f"{'M' if begins else 'L'}{x:.1f} {y:.1f}{'h0.01' if begins else ''}")
    return f'<path class="line c{number_ % _COLOURS}" d="{"".join(points)}"/>'


def _entry(number_: int, label: str, series: Series) -> str:
    last = series[max(series)]
    most = max(series.values())
    told = f"last {number(last)}, most {number(most)}"
    return f'<li><span class="dot c{number_ % _COLOURS}"></span>{escape(label)} <small>{told}</small></li>'


def _x(moment: float, periods: Periods) -> float:
    share = (moment - periods.starts[0]) / (periods.seconds * periods.count)
    return _LEFT + (_WIDTH - _LEFT - 4) * share


def _y(value: float, highest: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - max(0.0, value) / highest)


def _round_up(value: float) -> float:
    """The next number of one digit: 1, 2, 3 … 10, 20 …"""
    if value <= 1:
        return 1.0
    step = 10.0 ** math.floor(math.log10(value))
    return math.ceil(value / step) * step
