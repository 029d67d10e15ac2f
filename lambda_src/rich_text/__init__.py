"""Rich text between Jira (Atlassian Document Format) and cases (plain text that may hold Markdown), and its lengths.

    >>> from rich_text import plain, to_adf, to_text
    >>> document = to_adf("## Findings\\n\\n- **two** roles\\n- C:\\\\Temp\\\\*.exe")
    >>> to_text(document)
    '## Findings\\n\\n- **two** roles\\n- C:\\\\Temp\\\\*.exe'
    >>> plain(document)
    'Findings\\ntwo roles\\nC:\\\\Temp\\\\*.exe'

Letters are evidence: what one side shows is what was typed on the other but for the delimiters of marks that are
really there, nothing is escaped, and an edit converts only the blocks that it touched. Both ways are stable: what
comes back from the other side changes nothing.

Lengths are counted in UTF-16 units, and nothing is cut inside what a person sees as one character.
"""

from __future__ import annotations

from .alike import alike
from .measure import cut, fold, utf16_length
from .nodes import Adf, Node
from .parts import split
from .read import read_document as to_adf
from .sentence import Strong, document, sentence
from .update import keep_nodes, update_adf, update_text
from .within import to_adf_within
from .words import same_words
from .write import plain
from .write import write_text as to_text

__all__ = [
    "Adf",
    "Node",
    "Strong",
    "alike",
    "cut",
    "document",
    "fold",
    "keep_nodes",
    "plain",
    "same_words",
    "sentence",
    "split",
    "to_adf",
    "to_adf_within",
    "to_text",
    "update_adf",
    "update_text",
    "utf16_length",
]
