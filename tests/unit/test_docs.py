"""The documentation says what there is, its links lead somewhere, and its pictures can be read by everybody."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts.deploy.blocks import declared
from tests.conftest import REPOSITORY

MADE_BY_COMMANDS = {".cache", ".git", ".pytest_cache", ".terraform", ".venv", "dist"}
SVG = "{http://www.w3.org/2000/svg}"
PICTURES = REPOSITORY / "docs" / "pictures"


def pages() -> list[Path]:
    """Every Markdown page of the repository."""
    return sorted(
        page
        for page in REPOSITORY.rglob("*.md")
        if not MADE_BY_COMMANDS.intersection(page.relative_to(REPOSITORY).parts)
    )


def without_code(markdown: str) -> str:
    return re.sub(r"^ *```.*?^ *```", "", markdown, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them: a second heading of the same words is numbered."""
    made: list[str] = []
    for heading in re.findall(r"^#+ +(.+?) *$", without_code(page.read_text()), re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "", heading)).strip().lower().replace(" ", "-")
        made.append(anchor)
        if count := made.count(anchor) - 1:
            made.append(f"{anchor}-{count}")
    return set(made)


def links(page: Path) -> Iterator[str]:
    """The targets of a page's links to files of the repository, pictures and references included."""
    text = without_code(page.read_text())
    inline = re.findall(r"\]\(<?([^)\s>]+)>?(?: +\"[^\"]*\")?\)", text)
    references = re.findall(r"^ *\[[^\]]+\]: +<?(\S+?)>?$", text, re.MULTILINE)
    tags = re.findall(r"<[a-z][^>]*\b(?:href|src|srcset)=\"([^\"]+)\"", text)
    for target in inline + references + tags:
        if not re.match(r"[a-z]+:", target):
            yield target


def pictures(page: Path) -> Iterator[tuple[str, Path]]:
    """The pictures that a page shows: what stands in their place for those who do not see them, and the file."""
    for words, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", without_code(page.read_text())):
        yield words, (page.parent / target).resolve()


def module_blocks(page: Path) -> list[set[str]]:
    """The arguments of each `module` block in a page's HCL."""
    blocks = re.findall(r'^module "\w+" \{\n(.*?)^\}', page.read_text(), re.MULTILINE | re.DOTALL)
    return [set(re.findall(r"^  (\w+)\s*=", block, re.MULTILINE)) for block in blocks]


def test_the_readme_s_module_block_uses_existing_variables_and_all_that_are_required() -> None:
    (arguments,) = module_blocks(REPOSITORY / "README.md")
    variables = declared(iter(REPOSITORY.glob("*.tf")), "variable")
    assert arguments - {"source"} <= set(variables)
    assert {name for name, variable in variables.items() if "default" not in variable} <= arguments


def test_the_guide_s_module_blocks_use_existing_variables_and_all_that_are_required() -> None:
    variables = declared(iter(REPOSITORY.glob("*.tf")), "variable")
    blocks = module_blocks(REPOSITORY / "docs" / "guide.md")
    assert len(blocks) >= 3
    assert [block - {"providers", "source"} - set(variables) for block in blocks] == [set()] * len(blocks)
    needed = {name for name, variable in variables.items() if "default" not in variable}
    assert [needed - block for block in blocks] == [set()] * len(blocks)


def test_every_relative_link_leads_to_a_file_and_a_heading_that_exist() -> None:
    broken = []
    for page in pages():
        for link in links(page):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{page.relative_to(REPOSITORY)}: {link}")
    assert broken == []


def test_every_picture_is_shown_and_said_in_words() -> None:
    shown = {picture: words for page in pages() for words, picture in pictures(page)}
    assert set(shown) == set(PICTURES.iterdir())
    assert [picture.name for picture, words in shown.items() if len(words) < 20] == []


def test_a_photographed_picture_is_small() -> None:
    assert {picture.name: picture.stat().st_size < 200_000 for picture in PICTURES.glob("*.png")} == {"page.png": True}


@pytest.mark.parametrize("picture", sorted(PICTURES.glob("*.svg")), ids=lambda picture: picture.stem)
def test_a_picture_has_a_title_and_a_description_for_screen_readers(picture: Path) -> None:
    root = ElementTree.fromstring(picture.read_text())
    said = {child.get("id"): child.text or "" for child in root if child.tag in {f"{SVG}title", f"{SVG}desc"}}
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == list(said)
    assert [words for words in said.values() if len(words) < 20] == []


@pytest.mark.parametrize("picture", sorted(PICTURES.glob("*.svg")), ids=lambda picture: picture.stem)
def test_a_picture_needs_nothing_but_itself_and_has_colours_for_light_and_dark(picture: Path) -> None:
    text = picture.read_text()
    assert "@media (prefers-color-scheme: dark)" in text
    assert re.findall(r"<(?:script|image|foreignObject|use)\b|\burl\(|\bhref=", text) == []
    assert len(text) < 10_000


def test_the_pictures_of_the_rules_send_what_the_function_reads() -> None:
    rules = sorted(PICTURES.glob("rule-*.svg"))
    texts = {rule.stem: " ".join(ElementTree.fromstring(rule.read_text()).itertext()) for rule in rules}
    assert list(texts) == ["rule-changed", "rule-commented", "rule-created", "rule-deleted"]
    assert [name for name, text in texts.items() if not re.search(r"\bIssueId\b.*\{\{issue\.key\}\}", text)] == []


def test_every_module_of_the_code_stands_in_the_table_of_its_floors() -> None:
    text = (REPOSITORY / "docs" / "architecture.md").read_text()
    table = text.split("\n## Where the code is\n")[1].split("\n## ")[0]
    named = {name for quoted in re.findall(r"`([\w/]+)`", table) for name in quoted.split("/")}
    package = REPOSITORY / "lambda_src" / "security_ir_jira"
    assert {path.stem for path in package.rglob("*.py")} - {"__init__"} <= named


def test_every_decision_stands_in_the_list_of_decisions() -> None:
    folder = REPOSITORY / "docs" / "decisions"
    assert sorted(links(folder / "README.md")) == sorted(page.name for page in folder.glob("0*.md"))


def test_every_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b", (REPOSITORY / "README.md").read_text()))
    listed = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert {"demo", "test"} <= named
    assert named <= set(re.findall(r"^  make (\S+)", listed, re.MULTILINE)) | {"help"}


def test_the_complete_example_sets_every_variable_but_those_it_names() -> None:
    block = (REPOSITORY / "examples/complete/main.tf").read_text().split("\n}\n")[1]
    elsewhere = {
        *("jira_token", "jira_token_version"),
        *("notifications_shared_secret_parameter_arn", "notifications_shared_secret_kms_key_arn"),
    }
    given = set(re.findall(r"^  (\w+) +=", block, re.MULTILINE)) - {"source"}
    assert given == declared(REPOSITORY.glob("*.tf"), "variable").keys() - elsewhere
