"""Texts full of Markdown and documents full of everything, for the laws."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.unit.rich_text.adf import BREAK, RULE, Node, node

# fmt: off
_MARKUP = st.sampled_from(
    ["*", "**", "***", "_", "__", "~~", "~", "`", "``", "```", "[", "]", "(", ")", "](https://x.example)", "[a](/b)",
     "<", ">", "> ", "https://", "https://a.example/b(c)", "<https://q.example/>", "\\", "\\\\", "|", "|---|", "---",
     "===", "- ", "* ", "+ ", "1. ", "2) ", "# ", "## ", "[!NOTE]", "[x] ", "<br>", "~~~", "!", "{", "}", "$"]
)
_PLAIN = st.sampled_from(
    [*"ab1.,:\"'/-#+=%@é「", "word", "snake_case", "10.0.0.1", "日本", "e\u0301", "😀", "👩‍💻", "🇩🇪", "&amp;", "*.log",
     "\u00a0", "\u3000", "\x00", "\x1b", "\u2028", "\r", "\ud800"]
)
# fmt: on
_SPACE = st.sampled_from([" ", " ", "  ", "    ", "\t", "\n", "\n", "\n\n"])
_SNIPPET = st.one_of(_MARKUP, _PLAIN, _SPACE)

texts = st.one_of(st.text(), st.lists(_SNIPPET, max_size=40).map("".join))
short_texts = st.lists(_SNIPPET, min_size=1, max_size=5).map("".join)

# fmt: off
_HREFS = st.sampled_from(
    ["https://a.example/c", "https://x.example/(y", "https://a.example/b c", "https://a.example/**c",
     "http://x.example/|y\\", "/browse/SEC-1", "relative.md", "javascript:x", "mailto:a@b.example"]
)
# fmt: on
_MARKS: st.SearchStrategy[list[Node]] = st.one_of(
    st.just([]),
    st.lists(st.sampled_from(["strong", "em", "strike", "code", "underline"]), max_size=3, unique=True).map(
        lambda kinds: [{"type": kind} for kind in kinds]
    ),
    _HREFS.map(lambda href: [{"type": "link", "attrs": {"href": href}}]),
    _HREFS.map(lambda href: [{"type": "link", "attrs": {"href": href}}, {"type": "strong"}]),
)


def _text(text: str, marks: list[Node]) -> Node:
    return {"type": "text", "text": text, "marks": marks}


def _inline(words: st.SearchStrategy[str]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(_text, st.one_of(words, st.just("https://a.example/c"), st.just("")), _MARKS),
        st.builds(_text, words, _MARKS),
        st.sampled_from(
            [
                BREAK,
                node("mention", id="1", text="@Ada Lovelace"),
                node("emoji", shortName=":fire:", text="🔥"),
                node("date", timestamp="1700000000000"),
                node("status", text="IN PROGRESS", color="blue"),
                node("inlineCard", url="https://c.example/d"),
                node("mediaInline", id="1", collection="c", alt="log.txt"),
                node("unheardOf", text="hello"),
            ]
        ),
    )


def _leaves(words: st.SearchStrategy[str], code: st.SearchStrategy[str]) -> st.SearchStrategy[Node]:
    inline = _inline(words)
    return st.one_of(
        st.lists(inline, max_size=5).map(lambda content: node("paragraph", *content)),
        st.builds(
            lambda level, content: node("heading", *content, level=level),
            st.integers(1, 6),
            st.lists(inline, max_size=3),
        ),
        st.builds(
            lambda text, language: node("codeBlock", _text(text, []), language=language),
            code,
            st.sampled_from(["", "python", "a b", "x`"]),
        ),
        st.sampled_from(
            [RULE, node("blockCard", url="https://z.example/"), node("mediaGroup", node("media", alt="a.png"))]
        ),
    )


def _containers(blocks: st.SearchStrategy[Node], words: st.SearchStrategy[str]) -> st.SearchStrategy[Node]:
    content = st.lists(blocks, max_size=3)
    items = st.lists(content.map(lambda inner: node("listItem", *inner)), max_size=3)
    tasks = st.lists(
        st.lists(_inline(words), max_size=2).map(lambda inner: node("taskItem", *inner, state="DONE")), max_size=2
    )
    cells = st.builds(
        lambda kind, inner, span: node(kind, *inner, colspan=span, rowspan=span),
        st.sampled_from(["tableHeader", "tableCell"]),
        content,
        st.sampled_from([1, 1, 2]),
    )
    rows = st.lists(st.lists(cells, max_size=3).map(lambda inner: node("tableRow", *inner)), max_size=3)
    kinds = st.sampled_from(["blockquote", "panel", "expand", "layoutSection", "unheardOf"])
    return st.one_of(
        items.map(lambda inner: node("bulletList", *inner)),
        st.builds(lambda order, inner: node("orderedList", *inner, order=order), st.integers(-1, 10**9), items),
        tasks.map(lambda inner: node("taskList", *inner)),
        rows.map(lambda inner: node("table", *inner)),
        st.builds(lambda kind, inner: node(kind, *inner, panelType="tip", title="More"), kinds, content),
    )


def _documents(words: st.SearchStrategy[str], code: st.SearchStrategy[str]) -> st.SearchStrategy[Node]:
    blocks = st.recursive(_leaves(words, code), lambda inner: _containers(inner, words), max_leaves=12)
    return st.lists(blocks, max_size=5).map(lambda content: {"version": 1, "type": "doc", "content": content})


documents = _documents(short_texts, texts)
"""Documents, most of them as no editor would make them."""

_WORDS = st.lists(
    st.sampled_from(["word", "snake_case", "日本", "a.b", "x-1", "C:\\\\a", " ", "  "]), min_size=1, max_size=4
)
wordy_documents = _documents(
    _WORDS.map("".join), _WORDS.map("\n".join).filter(lambda code: all(map(str.strip, code.split("\n"))))
)
"""Documents in which plain text never looks like markup."""

_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
_KINDS = st.sampled_from(
    [
        "doc",
        "text",
        "paragraph",
        "heading",
        "table",
        "tableRow",
        "tableCell",
        "orderedList",
        "taskItem",
        "date",
        "media",
    ]
)
rubbish = st.recursive(
    st.one_of(_SCALARS, _KINDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["type", "content", "attrs", "text", "marks", "href", "order"]), inner),
    ),
    max_leaves=20,
)
"""What no API would ever send."""
