"""A description as somebody lays it out in Jira's editor: a little of all that a document may hold."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]


def _text(text: str, *marks: str) -> Node:
    return {"type": "text", "text": text, **({"marks": [{"type": mark} for mark in marks]} if marks else {})}


def _block(kind: str, *content: Node, **attrs: Any) -> Node:
    return {"type": kind, **({"attrs": attrs} if attrs else {}), "content": list(content)}


def _cell(kind: str, text: str) -> Node:
    return _block(kind, _block("paragraph", _text(text)))


def _item(*content: Node) -> Node:
    return _block("listItem", _block("paragraph", *content))


def _row(kind: str, *texts: str) -> Node:
    return _block("tableRow", *(_cell(kind, text) for text in texts))


RICH_TEXT: Node = {
    "version": 1,
    **_block(
        "doc",
        _block("panel", _block("paragraph", _text("Do not contact the users yet.")), panelType="warning"),
        _block("heading", _text("What was seen"), level=2),
        _block(
            "paragraph",
            _text("Two people opened "),
            _text("invoice.html", "code"),
            _text(" and typed "),
            _text("their passwords", "strong"),
            _text(". See "),
            {
                "type": "text",
                "text": "the mail gateway",
                "marks": [{"type": "link", "attrs": {"href": "https://mail.example.com/trace/4711"}}],
            },
            _text("."),
        ),
        _block(
            "table",
            _row("tableHeader", "Who", "When", "From"),
            _row("tableCell", "finance-03", "08:14", "203.0.113.9"),
            _row("tableCell", "finance-11", "08:21", "203.0.113.9"),
        ),
        _block(
            "orderedList",
            _item(_text("Block the sender")),
            _item(_text("Reset both passwords, "), _text("then", "em"), _text(" close the sessions")),
        ),
        _block("codeBlock", _text("203.0.113.9 - POST /login 302\n203.0.113.9 - GET /mail 200"), language="text"),
        _block("blockquote", _block("paragraph", _text("Your mailbox is full. Sign in to keep your mail."))),
    ),
}
