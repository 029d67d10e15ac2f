"""CloudWatch's metric math, as far as this module's alarms and dashboard use it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable, Mapping

# Start of a period (seconds since the epoch) → value; what is missing is not there.
Series = dict[float, float]
Value = Series | float
# (namespace, metric, statistic) → every metric of that name, whatever its dimensions say.
Search = Callable[[str, str, str], list[Series]]

_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}
_SEARCHED = re.compile(r"\{\"([^\"]+)\",service\} MetricName=\"(\w+)\"")


class UnknownExpression(ValueError):
    """An expression that the sandbox cannot evaluate: teach it, here."""


def evaluate(expression: str, known: Mapping[str, Series], periods: Iterable[float], search: Search) -> Series:
    """The expression over `known` (metric id → series), for each of `periods`. Raises `UnknownExpression`."""
    times = list(periods)
    # Metric math reads like Python: names, calls, lists, comparisons.
    value = _value(ast.parse(expression, mode="eval").body, known, times, search)
    return value if isinstance(value, dict) else dict.fromkeys(times, value)


def _value(node: ast.expr, known: Mapping[str, Series], times: list[float], search: Search) -> Value:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.Call(func=ast.Name(id="FILL"), args=[what, ast.Constant(value=int() | float() as number)]):
            series = _series(_value(what, known, times, search), times)
            return {at: series.get(at, float(number)) for at in times}
        case ast.Call(func=ast.Name(id="SUM" | "MAX" as name), args=[some]):
            together = _all(some, known, times, search)
            combine = sum if name == "SUM" else max
            held = {at: [series[at] for series in together if at in series] for at in times}
            return {at: float(combine(values)) for at, values in held.items() if values}
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
            tested = _series(_value(condition, known, times, search), times)
            chosen = [_series(_value(each, known, times, search), times) for each in (otherwise, then)]
            return {at: chosen[bool(tested[at])][at] for at in times if at in tested and at in chosen[bool(tested[at])]}
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _COMPARISONS:
            one, other = (_series(_value(each, known, times, search), times) for each in (left, right))
            holds = _COMPARISONS[type(sign)]
            return {at: float(holds(one[at], other[at])) for at in times if at in one and at in other}
    raise UnknownExpression(ast.unparse(node))


def _all(node: ast.expr, known: Mapping[str, Series], times: list[float], search: Search) -> list[Series]:
    """The series of a list, or those that a search finds."""
    match node:
        case ast.List(elts=elements):
            return [_series(_value(each, known, times, search), times) for each in elements]
        case ast.Call(
            func=ast.Name(id="SEARCH"), args=[ast.Constant(value=str(text)), ast.Constant(value=str(stat)), _]
        ):
            if found := _SEARCHED.fullmatch(text):
                return search(found[1], found[2], stat)
    raise UnknownExpression(ast.unparse(node))


def _series(value: Value, times: list[float]) -> Series:
    return value if isinstance(value, dict) else dict.fromkeys(times, value)
