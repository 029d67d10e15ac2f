"""Blocks read from ADF: every node type of the schema, and the text of those it does not know.

What Markdown has no word for becomes text (a mention is `@Name`, a date 2026-01-31, a status [DONE], a file
[attachment: name]) or gives way to what it holds (expands, layouts, macros with a body). Colours, alignment,
underlining and widths have no place in Markdown and are let go. Never raises, whatever the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby

from . import grammar, links
from .chars import clean
from .flatten import flat, joined
from .model import (
    CODE,
    DOCUMENT,
    EM,
    PANELLED,
    QUOTED,
    STRIKE,
    STRONG,
    Block,
    Cell,
    Code,
    Heading,
    Listing,
    Panel,
    Paragraph,
    Place,
    Quote,
    Rule,
    Run,
    Table,
    rows_per_table,
)
from .read_markdown import language
from .tidy import tidy

Node = Mapping[str, object]

_STYLES = {"strong": STRONG, "em": EM, "strike": STRIKE, "code": CODE}
_INLINE = frozenset(
    (
        "text",
        "hardBreak",
        "mention",
        "emoji",
        "date",
        "status",
        "inlineCard",
        "placeholder",
        "inlineExtension",
        "mediaInline",
    )
)
_LISTS = frozenset(("bulletList", "orderedList", "taskList", "decisionList"))
_MAX_DEPTH = 40
_MAX_NUMBER = 9_999_999
_MAX_SPAN = 50
_MAX_PADDING = 50


def read_adf(document: object) -> tuple[Block, ...]:
    if not isinstance(document, Mapping):
        return ()
    return tuple(_blocks(_content(document), DOCUMENT, 0))


def _content(node: Node) -> list[Node]:
    content = node.get("content")
    return [each for each in content if isinstance(each, Mapping)] if isinstance(content, list | tuple) else []


def _kind(node: Node) -> str:
    kind = node.get("type")
    return kind if isinstance(kind, str) else ""


def _attribute(node: Node, name: str) -> object:
    attrs = node.get("attrs")
    return attrs.get(name) if isinstance(attrs, Mapping) else None


def _string(node: Node, *names: str) -> str:
    """The first of the attributes that is a text and not empty."""
    values = (_attribute(node, name) for name in names)
    return next((clean(value) for value in values if isinstance(value, str) and value), "")


def _integer(value: object, default: int) -> int:
    try:
        return int(value) if isinstance(value, int | float) else default
    except (OverflowError, ValueError):
        return default


# Blocks


def _blocks(nodes: Iterable[Node], place: Place, depth: int) -> list[Block]:
    found: list[Block] = []
    loose: list[Node] = []
    for node in nodes:
        if _kind(node) in _INLINE:
            loose.append(node)
            continue
        found.extend(_paragraphs(loose))
        loose = []
        found.extend(_block(node, place, depth + 1))
    found.extend(_paragraphs(loose))
    return found


def _block(node: Node, place: Place, depth: int) -> Sequence[Block]:
    if depth > _MAX_DEPTH:
        return _paragraphs([{"type": "text", "text": " ".join(_texts(node))}])
    content = _content(node)
    match _kind(node):
        case "paragraph" | "caption":
            return _paragraphs(content)
        case "heading":
            return _heading(node, place)
        case "codeBlock":
            text = clean("".join(_texts(node)))
            return [Code(text, language(_string(node, "language")))]
        case "blockquote":
            return _wrapped(Quote, content, QUOTED, place, depth)
        case "panel":
            return _wrapped(_panel(node), content, PANELLED, place, depth)
        case "bulletList" | "orderedList" | "taskList" | "decisionList":
            return _list(node, place, depth)
        case "table":
            return _table(node, place, depth)
        case "rule":
            return [Rule()] if place.rules else []
        case "expand" | "nestedExpand":
            title = _paragraphs([{"type": "text", "text": _string(node, "title"), "marks": [{"type": "strong"}]}])
            return [*title, *_blocks(content, place, depth)]
        case "mediaGroup":
            return _paragraphs(_broken(content))
        case "media" | "blockCard" | "embedCard" | "extension":
            return _paragraphs([node])
        case _:
            return _blocks(content, place, depth) if content else _paragraphs([node])


def _broken(nodes: Sequence[Node]) -> list[Node]:
    """The nodes, each on a line of its own."""
    return [each for node in nodes for each in (node, {"type": "hardBreak"})]


def _paragraphs(nodes: Iterable[Node]) -> list[Block]:
    """Paragraphs of the inline nodes; an empty line between hard breaks parts two."""
    return list(as_paragraphs(_lines(nodes)))


def as_paragraphs(lines: Iterable[Sequence[Run]]) -> Iterator[Paragraph]:
    gathered: list[tuple[Run, ...]] = []
    for line in lines:
        tidied = tidy(line, continued=bool(gathered))
        if tidied:
            gathered.append(tidied)
        elif gathered:
            yield Paragraph(tuple(gathered))
            gathered = []
    if gathered:
        yield Paragraph(tuple(gathered))


def _heading(node: Node, place: Place) -> Sequence[Block]:
    lines = _lines(_content(node))
    if not place.headings:
        return list(as_paragraphs(lines))
    line = tidy(joined(lines, " "))
    level = min(max(_integer(_attribute(node, "level"), 1), 1), 6)
    return [Heading(level, line)] if line else []


def _wrapped(
    wrap: Callable[[tuple[Block, ...]], Block], content: Sequence[Node], inner: Place, place: Place, depth: int
) -> Sequence[Block]:
    """A quote or a panel around what it holds, or that alone where neither may stand."""
    if not place.quotes:
        return _blocks(content, place, depth)
    blocks = _blocks(content, inner, depth)
    return [wrap(tuple(blocks))] if blocks else []


def _panel(node: Node) -> Callable[[tuple[Block, ...]], Block]:
    kind = _string(node, "panelType")
    return partial(Panel, kind if kind in grammar.PANEL_KINDS else "info")


def _list(node: Node, place: Place, depth: int) -> Sequence[Block]:
    items: list[list[Block]] = []
    for child in _content(node):
        if _kind(child) in _LISTS and items:
            items[-1].extend(_block(child, place.item(), depth + 1))
        else:
            items.append(_item(child, place.item(), depth + 1))
    if not items:
        return []
    start = None
    if _kind(node) == "orderedList":
        start = min(max(_integer(_attribute(node, "order"), 1), 0), _MAX_NUMBER)
    listing = Listing(tuple(map(tuple, items)), start)
    return [listing] if place.lists else list(as_paragraphs(flat([listing])))


def _item(node: Node, place: Place, depth: int) -> list[Block]:
    kind = _kind(node)
    if kind not in ("listItem", "taskItem", "blockTaskItem", "decisionItem"):
        return _blocks([node], place, depth)
    blocks = _blocks(_content(node), place, depth)
    if kind in ("taskItem", "blockTaskItem"):
        return _boxed("[x] " if _attribute(node, "state") == "DONE" else "[ ] ", blocks)
    return blocks


def _boxed(box: str, blocks: list[Block]) -> list[Block]:
    match blocks:
        case [Paragraph((line, *lines)), *others]:
            return [Paragraph((tidy((Run(box), *line)), *lines)), *others]
        case _:
            return [Paragraph((tidy((Run(box),)),)), *blocks]


def _table(node: Node, place: Place, depth: int) -> Sequence[Block]:
    rows = [row for row in _content(node) if _content(row)]
    spread = _spread([[(cell, _cell(cell, depth)) for cell in _content(row)] for row in rows])
    columns = max(map(len, spread), default=0)
    if not place.tables or len(spread) * columns > _MAX_PADDING * sum(map(len, spread)):
        return list(as_paragraphs(flat([Table(tuple(map(tuple, spread)))])))
    grid = [(*row, *((),) * (columns - len(row))) for row in spread]
    is_headed = bool(rows) and all(_kind(cell) == "tableHeader" for cell in _content(rows[0]))
    if is_headed and any(grid[0]):
        return list(_tables(grid[:1], grid[1:]))
    return list(_tables([], grid[1:] if is_headed and grid[1:] else grid))


def _tables(header: list[tuple[Cell, ...]], rows: list[tuple[Cell, ...]]) -> Iterator[Block]:
    """One table, or several if there are too many rows for one."""
    limit = rows_per_table(len((header or rows or [()])[0]))
    while header or rows:
        yield Table((*header, *rows[:limit]), header=bool(header))
        header, rows = [], rows[limit:]


def _spread(rows: Iterable[Iterable[tuple[Node, Cell]]]) -> list[list[Cell]]:
    """The rows with empty cells where others reach into."""
    found: list[list[Cell]] = []
    reaching: dict[int, int] = {}
    for row in rows:
        line: list[Cell] = []
        for node, cell in row:
            _fill(line, reaching)
            width = _span(node, "colspan")
            for column in range(len(line), len(line) + width):
                reaching[column] = _span(node, "rowspan") - 1
            line.extend([cell, *((),) * (width - 1)])
        _fill(line, reaching)
        found.append(line)
    return found


def _fill(line: list[Cell], reaching: dict[int, int]) -> None:
    while reaching.get(len(line), 0) > 0:
        reaching[len(line)] -= 1
        line.append(())


def _span(node: Node, name: str) -> int:
    return min(max(_integer(_attribute(node, name), 1), 1), _MAX_SPAN)


def _cell(node: Node, depth: int) -> Cell:
    lines = map(tidy, flat(_blocks(_content(node), DOCUMENT, depth + 1)))
    return tuple(line for line in lines if line)


# Lines


def _lines(nodes: Iterable[Node]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in _all_runs(nodes):
        first, *others = run.text.split("\n")
        lines[-1].append(Run(first, run.style, run.href))
        lines.extend([Run(text, run.style, run.href)] for text in others)
    return lines


def _all_runs(nodes: Iterable[Node]) -> Iterator[Run]:
    """The runs; an address that may not be a link stands in brackets behind its text."""
    for address, group in groupby(nodes, key=_refused_address):
        runs = [run for node in group for run in _runs(node)]
        yield from runs
        text = "".join(run.text for run in runs)
        if address and text not in ("", address):
            yield Run(f" ({address})")


def _refused_address(node: Node) -> str:
    return next((address for address in _addresses(node) if links.href(address) is None), "")


def _addresses(node: Node) -> Iterator[str]:
    for mark in _marks(node):
        if _kind(mark) == "link" and (address := _string(mark, "href")):
            yield address


def _marks(node: Node) -> list[Node]:
    marks = node.get("marks")
    return [mark for mark in marks if isinstance(mark, Mapping)] if isinstance(marks, list | tuple) else []


def _runs(node: Node) -> list[Run]:
    match _kind(node):
        case "text":
            return _text(node)
        case "hardBreak":
            return [Run("\n")]
        case "mention":
            return [Run("@" + _string(node, "text", "id").removeprefix("@"))]
        case "emoji":
            return [Run(_string(node, "text", "shortName"))]
        case "date":
            return [Run(_date(_string(node, "timestamp")))]
        case "status":
            return [Run(f"[{_string(node, 'text')}]")]
        case "inlineCard" | "blockCard" | "embedCard":
            return [_card(node)]
        case "media" | "mediaInline":
            return [_media(node)]
        case _:
            return [Run(_string(node, "text") or " ".join(_texts(node)))]


def _text(node: Node) -> list[Run]:
    text = node.get("text")
    if not isinstance(text, str):
        return []
    style = 0
    for mark in _marks(node):
        style |= _STYLES.get(_kind(mark), 0)
    address = next((links.href(address) for address in _addresses(node)), None)
    return [Run(clean(text), style, address)]


def _date(timestamp: str) -> str:
    """An ISO date for milliseconds since 1970."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(timestamp))).date().isoformat()
    except (OverflowError, ValueError):
        return timestamp


def _card(node: Node) -> Run:
    data = _attribute(node, "data")
    inner = {"attrs": data} if isinstance(data, Mapping) else {}
    return _linked(_string(node, "url") or _string(inner, "url", "@id", "name"))


def _media(node: Node) -> Run:
    address = _string(node, "url")
    if address:
        return _linked(address)
    name = " ".join(_string(node, "alt", "__fileName", "id").split())
    return Run(f"[attachment: {name}]" if name else "[attachment]")


def _linked(address: str) -> Run:
    address = " ".join(address.split())
    return Run(address, 0, address if links.href(address) == address else None)


def _texts(node: Node) -> Iterator[str]:
    """All texts below a node, however deep."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        text = node.get("text")
        if isinstance(text, str):
            yield clean(text)
        waiting.extend(reversed(_content(node)))
