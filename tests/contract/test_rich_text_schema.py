"""Every document that is sent to Jira is one by Atlassian's own schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from rich_text import Strong, document, sentence, to_adf, to_adf_within, to_text, update_adf
from tests.unit.rich_text import incidents
from tests.unit.rich_text.adf import Node
from tests.unit.rich_text.samples import SAMPLES
from tests.unit.rich_text.strategies import documents
from tests.unit.rich_text.strategies import texts as markup

laws = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
texts = st.one_of(incidents.texts, markup)


@pytest.fixture(scope="module")
def schema(contracts: Path) -> Draft4Validator:
    return Draft4Validator(json.loads((contracts / "adf-full.schema.json").read_text(encoding="utf-8")))


@laws
@given(text=texts)
def test_a_document_made_from_any_text_is_valid(schema: Draft4Validator, text: str) -> None:
    schema.validate(to_adf(text))


@laws
@given(document=documents)
def test_a_document_that_came_from_jira_is_valid_when_it_returns(schema: Draft4Validator, document: Node) -> None:
    schema.validate(to_adf(to_text(document)))


@laws
@given(before=texts, after=texts)
def test_a_document_that_was_edited_on_the_case_is_valid(schema: Draft4Validator, before: str, after: str) -> None:
    schema.validate(update_adf(f"{before}\n\n{after}", to_adf(before)))


@laws
@given(text=texts, limit=st.integers(0, 60))
def test_a_document_that_was_cut_is_valid(schema: Draft4Validator, text: str, limit: int) -> None:
    schema.validate(to_adf_within(text, limit)[0])


@laws
@given(value=texts)
def test_our_own_sentences_are_valid(schema: Draft4Validator, value: str) -> None:
    schema.validate(document(sentence("{a}: {b}", a=Strong(value), b=value), to_adf(value)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\n",
        "> ## a heading\n> ---\n> > a quote\n> | a | b |\n> |---|---|",
        "- ## a heading\n- > a quote\n- ```\n  code\n  ```",
        "> [!TIP]\n> > a quote\n> | a |\n> |---|\n>\n> ## y",
        "[`code` and **more**](https://example.com) **`code`** **a `b` c**",
        "| a |\n|---|\n| - x |\n|  |",
        "0. a\n1. b",
        "- 1\n  - 2\n    - 3\n      - 4\n        - 5\n          - 6\n            - 7\n              - 8",
        "\x00\x1b[31m\ud83d\ufffe",
    ],
)
def test_text_that_adf_cannot_nest_still_makes_a_valid_document(schema: Draft4Validator, text: str) -> None:
    schema.validate(to_adf(text))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_documents_as_jira_sends_them(schema: Draft4Validator, name: str) -> None:
    schema.validate(SAMPLES[name][0])


def test_there_is_a_sample_of_every_node_type(schema: Draft4Validator) -> None:
    sampled = {kind for document, _ in SAMPLES.values() for kind in _kinds(document)}
    assert isinstance(schema.schema, Mapping)
    nodes = [each for name, each in schema.schema["definitions"].items() if name.endswith("_node")]
    published = {each["properties"]["type"]["enum"][0] for each in nodes if "properties" in each}
    assert published <= sampled | {"doc"}


def _kinds(node: Node) -> Iterator[object]:
    yield node["type"]
    content = node.get("content")
    for child in content if isinstance(content, list) else ():
        yield from _kinds(child)
