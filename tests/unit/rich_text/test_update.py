"""An edit on one side touches only what was edited; the rest stays byte for byte, or node for node."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from rich_text import to_adf, to_text, update_adf, update_text
from tests.unit.rich_text import incidents
from tests.unit.rich_text.adf import Node, code, content, doc, h, li, node, p, panel, row, t, table, ul
from tests.unit.rich_text.laws import costly_law
from tests.unit.rich_text.strategies import documents, texts, wordy_documents

EVIDENCE = r"C:\Users\_svc\run.ps1, C:\Windows\Temp\*.exe; arn:aws:s3:::*_prod_*"
PANEL = panel("warning", p("Mind ", t("this", "strong")))
TABLE = table(row("Host", "State", header=True), row("db-1", "a|b"))
MENTION = p("ask ", node("mention", id="5b10", text="@Ada"), " ", t("now", "em", "underline"))
PICTURE = node("mediaSingle", node("media", type="file", id="6f7a", collection="c"), layout="center")
RICH = [h(1, "Scope"), PANEL, p(), TABLE, MENTION, PICTURE, ul(li(p("x")), li(p("y"), code("z")))]

anything = st.one_of(incidents.texts, texts)


def _same(one: list[Node], other: list[Node]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def test_code_added_in_jira_has_fences_like_those_of_the_case() -> None:
    typed = "```\na\n```\n\nb"
    assert update_text(doc(*content(to_adf(typed)), code("c")), typed) == f"{typed}\n\n```\nc\n```"


def test_a_sentence_added_in_jira_leaves_the_case_as_it_was_typed() -> None:
    document = doc(*content(to_adf(EVIDENCE)), p("Seen by Ada."))
    assert update_text(document, EVIDENCE) == f"{EVIDENCE}\n\nSeen by Ada."


def test_what_a_person_typed_on_the_case_keeps_its_own_form() -> None:
    typed = "\r\n* one\r\n* two  \r\n\r\n\r\n~~~ py\nx\n~~~\n| a |b|\n|-|:-:|\n\nlast\t\n \n"
    document = doc(*content(to_adf(typed)), p("new"))
    assert update_text(document, typed).startswith(typed.rstrip("\n \t"))
    assert update_text(document, typed).endswith("\n\nnew")


def test_a_paragraph_added_on_the_case_leaves_panels_tables_mentions_and_pictures_the_same_nodes() -> None:
    current = doc(*RICH)
    text = to_text(current)
    updated = content(update_adf(f"{text}\n\nSeen by Ada.", current))
    assert _same(updated[:-1], RICH)
    assert updated[-1] == p("Seen by Ada.")


def test_a_macro_that_reads_as_nothing_stays_when_the_block_before_it_is_edited_or_deleted() -> None:
    macro = node("extension", extensionType="com.atlassian", extensionKey="toc")
    current = doc(p("one"), macro, p("two"))
    assert content(update_adf("changed\n\ntwo", current)) == [p("changed"), macro, p("two")]
    assert content(update_adf("two", current)) == [macro, p("two")]
    assert content(update_adf("one", current)) == [p("one"), macro]


def test_a_paragraph_changed_on_the_case_changes_that_node_alone() -> None:
    current = doc(*RICH)
    text = to_text(current).replace("ask @Ada", "asked @Ada")
    updated = content(update_adf(text, current))
    assert _same(updated[:4], RICH[:4])
    assert updated[4] == p("asked @Ada now")
    assert _same(updated[5:], RICH[5:])


def test_a_block_removed_on_the_case_goes_alone() -> None:
    current = doc(*RICH)
    text = to_text(current).replace("[attachment: 6f7a]\n\n", "")
    assert _same(content(update_adf(text, current)), [*RICH[:5], RICH[6]])


def test_a_node_of_several_stretches_is_kept_as_a_whole_or_not_at_all() -> None:
    expand = node("expand", p("in"), p("out"), title="More")
    current = doc(p("a"), expand)
    text = to_text(current)
    assert content(update_adf(f"{text}\n\nb", current))[1] is expand
    assert content(update_adf(text.replace("out", "outside"), current))[1:] == [
        p(t("More", "strong")),
        p("in"),
        p("outside"),
    ]


def test_nodes_that_only_together_read_as_code_are_kept_together() -> None:
    nodes = [p("```"), p("x"), p("```")]
    current = doc(*nodes)
    assert _same(content(update_adf(to_text(current), current)), nodes)


def test_an_emptied_text_is_empty_on_the_other_side() -> None:
    assert update_text(doc(), "a\n\nb") == ""
    assert update_text(None, "a") == ""
    assert content(update_adf(" \n", doc(p("a")))) == []
    assert update_adf("a", None) == to_adf("a")


@costly_law
@given(anything)
def test_a_case_that_jira_shows_already_is_not_touched(text: str) -> None:
    assert update_text(to_adf(text), text) == text


@costly_law
@given(documents)
def test_a_document_that_the_case_shows_already_is_not_touched(document: Node) -> None:
    assert _same(content(update_adf(to_text(document), document)), content(document))


@st.composite
def _edits(draw: st.DrawFn, rows: st.SearchStrategy[list[Node]]) -> tuple[list[Node], list[Node]]:
    """Some nodes, and the same with some left out and some put in."""
    before = draw(rows)
    after: list[Node] = []
    for each in before:
        action = draw(st.sampled_from(["keep", "keep", "keep", "drop", "insert"]))
        after.extend([] if action == "drop" else [each])
        after.extend([p(f"inserted {len(after)}")] if action == "insert" else [])
    return before, after


_rows = documents.map(content)


@costly_law
@given(_edits(_rows))
def test_an_edit_in_jira_arrives_and_is_at_rest(edit: tuple[list[Node], list[Node]]) -> None:
    before, after = edit
    typed = to_text(doc(*before))
    updated = update_text(doc(*after), typed)
    assert _keys(updated) == _keys(to_text(doc(*after)))
    assert update_text(doc(*after), updated) == updated
    assert _same(content(update_adf(updated, doc(*after))), after)


def _keys(text: str) -> str:
    """How the text reads when it comes back, blanks at the ends of lines and the length of fences aside."""
    lines = to_text(to_adf(to_text(to_adf(text)))).split("\n")
    return re.sub("`{3,}", "```", "\n".join(line.rstrip() for line in lines))


@costly_law
@given(anything, anything)
def test_an_edit_on_a_case_arrives_and_is_at_rest(before: str, after: str) -> None:
    updated = update_adf(after, to_adf(before))
    assert _keys(to_text(updated)) == _keys(after)
    assert _same(content(update_adf(after, updated)), content(updated))


@costly_law
@given(_edits(wordy_documents.map(content)))
def test_nodes_that_were_not_edited_stay_the_same_objects(edit: tuple[list[Node], list[Node]]) -> None:
    before, after = edit
    updated = content(update_adf(to_text(doc(*after)), doc(*before)))
    own = {id(each) for each in before}
    readable = [each for each in after if id(each) in own and to_text(doc(each))]
    kept = [each for each in updated if id(each) in own and to_text(doc(each))]
    assert len(kept) >= len(readable)


_typed = st.lists(
    st.lists(st.sampled_from(["word", r"C:\Temp\*.exe", "  x_y_", "* b", "|a|", "é"]), min_size=1, max_size=3).map(
        "\n".join
    ),
    min_size=1,
    max_size=6,
)


@costly_law
@given(_typed, st.lists(st.sampled_from(["\n\n", "\n \n", "\r\n\r\n\n"]), min_size=6, max_size=6), st.integers(0, 6))
def test_a_sentence_put_in_anywhere_in_jira_leaves_the_rest_byte_for_byte(
    stretches: list[str], gaps: list[str], at: int
) -> None:
    typed = "".join(f"{stretch}{gap}" for stretch, gap in zip(stretches, gaps, strict=False))
    nodes = [node for stretch in stretches for node in content(to_adf(stretch))]
    at = min(at, len(nodes))
    updated = update_text(doc(*nodes[:at], p("put in"), *nodes[at:]), typed)
    before = "".join(f"{stretch}{gap}" for stretch, gap in zip(stretches[:at], gaps, strict=False)).rstrip()
    after = "".join(f"{stretch}{gap}" for stretch, gap in zip(stretches[at:], gaps[at:], strict=False))
    assert updated == "\n\n".join(filter(None, [before, "put in", after if after.strip() else ""]))
