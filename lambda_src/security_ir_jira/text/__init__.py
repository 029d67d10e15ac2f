"""Rich text between Jira (Atlassian Document Format) and cases (Markdown or plain text), and its lengths.

    >>> from security_ir_jira.text import plain, to_adf, to_markdown
    >>> document = to_adf("# Findings\\n\\n- **two** roles\\n- [one key](https://example.com)")
    >>> to_markdown(document)
    '# Findings\\n\\n- **two** roles\\n- [one key](https://example.com)'
    >>> plain(document)
    'Findings\\ntwo roles\\none key'

Both ways are stable: whatever text or document one starts with, converting it there, back and there again
changes nothing after the first step, so an edit never travels to and fro. What identifies nodes in Jira
(`localId`) or splits texts without changing them is not seen.

Lengths are counted in UTF-16 units, and nothing is cut inside what a person sees as one character.
"""

from __future__ import annotations

from collections.abc import Mapping

from .flatten import flat
from .measure import cut, fold, utf16_length
from .parts import split
from .read_adf import read_adf
from .read_markdown import read_markdown
from .within import to_adf_within
from .write_adf import write_adf
from .write_markdown import write_markdown

__all__ = ["cut", "fold", "plain", "split", "to_adf", "to_adf_within", "to_markdown", "utf16_length"]


def to_adf(markdown: str) -> dict[str, object]:
    """The ADF document for a Markdown or plain text; never raises. A blank text is a document without content.

    What is markup: see `read_markdown` (blocks) and `inline` (within a line). What a document is:
    https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
    """
    return write_adf(read_markdown(markdown))


def to_markdown(adf: Mapping[str, object] | None) -> str:
    """Markdown for an ADF document, "" for none; never raises.

    Plain text in it is escaped only where reading it would make it markup. What Markdown has no word for: see
    `read_adf`.
    """
    return write_markdown(read_adf(adf))


def plain(adf: Mapping[str, object] | None) -> str:
    """The text of an ADF document alone, a line for each of its lines, items and table rows."""
    return "\n".join("".join(run.text for run in line) for line in flat(read_adf(adf), signs=False))
