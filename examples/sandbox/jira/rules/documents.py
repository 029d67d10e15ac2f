"""What Jira Cloud takes as a document, and what it makes of one.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

import json
from collections.abc import Callable

from sandbox.jira.state.documents import Json, plain_text
from sandbox.jira.state.store import Store
from sandbox.serving import Refused

TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
# Jira Cloud's editor identifies blocks; a document read back therefore differs from the one that was sent.
IDENTIFIED = frozenset(
    {
        "paragraph",
        "heading",
        "bulletList",
        "orderedList",
        "listItem",
        "blockquote",
        "codeBlock",
        "panel",
        "rule",
        "expand",
        "table",
        "tableRow",
        "tableCell",
        "tableHeader",
    }
)


def check(store: Store, value: object, field: str) -> Json | None:
    """The document as it is stored, None for an empty one; 400 for one that is malformed or too long."""
    problem = (store.document_problem or outline_problem)(value)
    if problem is not None or not isinstance(value, dict):
        message = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
        raise Refused(400, details={field: f"{message}: {problem}"})
    if size(value, store.switches.adf_measure) > 32_767:
        raise Refused(400, details={field: TOO_LONG})
    if not plain_text(value).strip() and not _has_blocks(value):
        return None
    if not store.switches.normalise_adf:
        return value
    return normalise(value, store.next_local_id, store.site.name_of)


def _has_blocks(document: Json) -> bool:
    """Whether something without text of its own is there, such as a rule or a picture."""
    return any(block.get("type") != "paragraph" or block.get("content") for block in document["content"])


def utf16_length(text: str) -> int:
    """The length in UTF-16 units, as Java counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def size(node: Json, measure: str) -> int:
    """The length that counts against 32,767: of the plain ``text`` or, more strictly, of the ``json``."""
    if measure == "json":
        return utf16_length(json.dumps(node, ensure_ascii=False, separators=(",", ":")))
    return utf16_length(plain_text(node))


def outline_problem(value: object) -> str | None:
    """What is wrong with the frame of a document, or None; the full schema is the contract's business."""
    if not isinstance(value, dict):
        return "is not an Atlassian document"
    if value.get("type") != "doc" or value.get("version") != 1 or not isinstance(value.get("content"), list):
        return 'an Atlassian document is {"type": "doc", "version": 1, "content": [...]}'
    return None if all(map(_is_node, value["content"])) else "every node is an object with a type and a list of nodes"


def _is_node(value: object) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    content = value.get("content", [])
    return isinstance(content, list) and all(map(_is_node, content))


def normalise(node: Json, new_id: Callable[[], str], name_of: Callable[[str], str | None]) -> Json:
    """The node as Jira Cloud stores it: identified blocks, no empty text, equal runs joined, defaults filled in.

    ``name_of`` gives the display name for an account id, which Jira writes into mentions.
    """
    kind = str(node.get("type"))
    stored = {key: value for key, value in node.items() if key not in ("content", "attrs") and value != []}
    attrs = _with_defaults(kind, dict(node.get("attrs") or {}), name_of)
    if kind in IDENTIFIED:
        attrs.setdefault("localId", new_id())
    if attrs:
        stored["attrs"] = attrs
    if "content" in node:
        stored["content"] = _join([normalise(child, new_id, name_of) for child in node["content"]])
    return stored


def _with_defaults(kind: str, attrs: Json, name_of: Callable[[str], str | None]) -> Json:
    if kind == "orderedList":
        attrs.setdefault("order", 1)
    if kind == "table":
        attrs = {"isNumberColumnEnabled": False, "layout": "default", **attrs}
    if kind == "mention":
        name = name_of(str(attrs.get("id")))
        if name:
            attrs = {"accessLevel": "", **attrs, "text": f"@{name}"}
    return attrs


def _join(nodes: list[Json]) -> list[Json]:
    joined: list[Json] = []
    for node in nodes:
        if node.get("type") == "text" and not node.get("text"):
            continue
        last = joined[-1] if joined else {}
        if node.get("type") == last.get("type") == "text" and node.get("marks") == last.get("marks"):
            joined[-1] = {**last, "text": last["text"] + node["text"]}
        else:
            joined.append(node)
    return joined
