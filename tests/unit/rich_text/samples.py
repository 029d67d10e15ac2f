"""A document for every type of node in Atlassian's schema, and the case text that it becomes."""

from __future__ import annotations

from tests.unit.rich_text.adf import (
    BREAK,
    RULE,
    Node,
    code,
    doc,
    h,
    li,
    node,
    ol,
    p,
    panel,
    quote,
    row,
    t,
    table,
    ul,
    url,
)

_MEDIA = node("media", type="file", id="6f7a", collection="c", alt="memory dump.bin")
_MACRO: Node = {"extensionType": "com.example", "extensionKey": "chart", "text": "a chart"}


def _task(state: str, *content: Node) -> Node:
    return node("taskItem", *content, localId="1", state=state)


SAMPLES: dict[str, tuple[Node, str]] = {
    "paragraph": (doc(p("one"), p("two")), "one\n\ntwo"),
    "hardBreak": (doc(p("one", BREAK, "two")), "one\ntwo"),
    "empty line": (doc(p("one", BREAK, BREAK, "two")), "one\n\ntwo"),
    "heading": (doc(h(2, "Scope", BREAK, "of it")), "## Scope of it"),
    "rule": (doc(p("a"), RULE, p("b")), "a\n\n---\n\nb"),
    "codeBlock": (doc(code("a\n\n  b", "python")), "```python\na\n\n  b\n```"),
    "codeBlock with a fence": (doc(code("```\nx\n```")), "````\n```\nx\n```\n````"),
    "blockquote": (doc(quote(p("one", BREAK, "two"), ul(li(p("three"))))), "> one\n> two\n>\n> - three"),
    "panel": (doc(panel("warning", h(3, "Mind"), p("this"))), "> [!WARNING]\n> ### Mind\n>\n> this"),
    "panel of an own colour": (doc(node("panel", p("x"), panelType="custom", panelColor="#ff0000")), "> [!INFO]\n> x"),
    "bulletList": (doc(ul(li(p("a"), ul(li(p("b")))), li(p("c")))), "- a\n  - b\n- c"),
    "orderedList": (doc(ol(9, li(p("a")), li(p("b"), p("c")))), "9. a\n10. b\n    c"),
    "two lists": (
        doc(ul(li(p("a"))), ul(li(p("b"))), ol(1, li(p("c"))), ol(2, li(p("d")))),
        "- a\n\n- b\n\n1. c\n\n2. d",
    ),
    "listItem with code": (
        doc(ul(li(p("a"), code("x")), li(code("y")))),
        "- a\n  ```\n  x\n  ```\n- ```\n  y\n  ```",
    ),
    "taskList": (
        doc(node("taskList", _task("TODO", t("a")), node("taskList", _task("DONE", t("b")), localId="2"), localId="1")),
        "- [ ] a\n  - [x] b",
    ),
    "blockTaskItem": (
        doc(node("taskList", node("blockTaskItem", p("a"), p("b"), localId="1", state="DONE"), localId="2")),
        "- [x] a\n  b",
    ),
    "decisionList": (
        doc(node("decisionList", node("decisionItem", t("isolate"), localId="1", state="DECIDED"), localId="2")),
        "- isolate",
    ),
    "table": (
        doc(table(row("Host", "State", header=True), row(p(t("db-1", "code")), "a|b"), row("", "up"))),
        "| Host | State |\n| --- | --- |\n| `db-1` | a|b |\n|  | up |",
    ),
    "table without a header": (doc(table(row("a", "b"))), "|  |  |\n| --- | --- |\n| a | b |"),
    "table with wide and high cells": (
        doc(table(row("a", colspan=2), row("b", rowspan=2), row("c"))),
        "|  |  |\n| --- | --- |\n| a |  |\n| b |  |\n|  | c |",
    ),
    "blocks in a cell": (
        doc(table(row(ul(li(p("a")), li(p("b"))), code("x\ny")))),
        "|  |  |\n| --- | --- |\n| - a - b | x y |",
    ),
    "expand": (doc(node("expand", p("inside"), title="More")), "**More**\n\ninside"),
    "nestedExpand": (doc(node("expand", node("nestedExpand", p("in"), title="B"), title="A")), "**A**\n\n**B**\n\nin"),
    "layoutSection": (
        doc(node("layoutSection", node("layoutColumn", p("l"), width=50), node("layoutColumn", p("r"), width=50))),
        "l\n\nr",
    ),
    "mediaSingle": (
        doc(node("mediaSingle", _MEDIA, node("caption", t("The dump")), layout="center")),
        "[attachment: memory dump.bin]\n\nThe dump",
    ),
    "mediaGroup": (
        doc({"type": "mediaGroup", "content": [_MEDIA, _MEDIA]}),
        "[attachment: memory dump.bin]\n[attachment: memory dump.bin]",
    ),
    "external media": (
        doc(node("mediaSingle", node("media", type="external", url="https://example.com/a.png"), layout="center")),
        "https://example.com/a.png",
    ),
    "mediaInline": (doc(p("see ", node("mediaInline", id="6f7a", collection="c"))), "see [attachment: 6f7a]"),
    "mention": (doc(p("ask ", node("mention", id="5b10", text="@Ada Lovelace"), "!")), "ask @Ada Lovelace!"),
    "mention without a name": (doc(p(node("mention", id="5b10"))), "@5b10"),
    "emoji": (
        doc(p(node("emoji", shortName=":fire:", text="🔥"), " ", node("emoji", shortName=":team_logo:"))),
        "🔥 :team_logo:",
    ),
    "date": (doc(p("due ", node("date", timestamp="1769817600000"))), "due 2026-01-31"),
    "status": (doc(p(node("status", text="In progress", color="blue"))), "[In progress]"),
    "inlineCard": (doc(p("see ", node("inlineCard", url="https://example.com/x"))), "see https://example.com/x"),
    "inlineCard with data": (
        doc(p(node("inlineCard", data={"url": "https://example.com/y"}))),
        "https://example.com/y",
    ),
    "blockCard": (doc(node("blockCard", url="https://example.com/b")), "https://example.com/b"),
    "embedCard": (doc(node("embedCard", url="https://example.com/e", layout="center")), "https://example.com/e"),
    "placeholder": (doc(p(node("placeholder", text="say why"))), "say why"),
    "extension": (doc(node("extension", **_MACRO)), "a chart"),
    "inlineExtension": (doc(p("here: ", node("inlineExtension", **_MACRO))), "here: a chart"),
    "bodiedExtension": (doc(node("bodiedExtension", p("body"), **_MACRO)), "body"),
    "syncBlock": (doc(p("a"), node("syncBlock", resourceId="1", localId="2")), "a"),
    "bodiedSyncBlock": (doc(node("bodiedSyncBlock", p("body"), resourceId="1", localId="2")), "body"),
    "marks": (
        doc(p("a ", t("b", "strong"), " ", t("c", "em"), " ", t("d", "strike"), " ", t("e", "code"))),
        "a **b** c ~~d~~ `e`",
    ),
    "marks together": (
        doc(p(t("all ", "strong"), t("of", "em", "strong"), t(" it", "em"), " ", t("x", "em", "strong", "strike"))),
        "**all of** it ~~x~~",
    ),
    "links": (
        doc(
            p(
                url("https://example.com"),
                " ",
                t("a ", href="/x"),
                t("b", "strong", href="/x"),
                " ",
                t("c", "code", href="/y"),
            )
        ),
        "https://example.com a **b** (/x) `c` (/y)",
    ),
    "marks that a case has no word for": (
        doc(
            p(
                {"type": "text", "text": "a", "marks": [node("textColor", color="#ff0000"), {"type": "underline"}]},
                t("2"),
                {"type": "text", "text": "10", "marks": [node("subsup", type="sup")]},
            )
        ),
        "a2^10",
    ),
}
