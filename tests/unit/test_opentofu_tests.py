"""Terraform's tests with OpenTofu: what OpenTofu does not know is left out and named, all else has to pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.opentofu_tests import Ran, copy, main, verdict

TEST = """run "a" {
  override_resource {
    target          = aws_sqs_queue.this
    override_during = plan
    values          = { url = "https://queue" }
  }
}
"""


def answering(folder: Path, *answers: tuple[str, str]) -> str:
    """A program that says something to the tests of each file, and fails where it speaks of an error."""
    cases = "\n".join(f"*{name}*) printf '%s' '{said}' ;;" for name, said in answers)
    program = folder / "tofu"
    program.write_text(
        f'#!/bin/sh\nsaid=$(case "$*" in\n{cases}\nesac)\necho "$said"\ncase $said in *Error*) exit 1 ;; esac\n'
    )
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    folder = tmp_path / "tests"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.tftest.hcl").write_text(TEST)
    return folder


def test_the_copies_lack_what_opentofu_does_anyhow(tests: Path, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "old.tftest.hcl").touch()
    copies = copy(tests, tmp_path / "copies")
    assert sorted((tmp_path / "copies").iterdir()) == copies
    assert copies[0].read_text() == TEST.replace("    override_during = plan\n", "")


def test_what_opentofu_does_not_know_is_left_to_terraform_by_name(
    tests: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    program = answering(
        tmp_path, ("a.tftest", "pass"), ("b.tftest", "Error: Unknown variable\n\nError: Unknown variable")
    )
    assert main(program, tests, tmp_path / "copies") == 0
    said = capsys.readouterr().out
    assert "Left to Terraform, whose test language they are written in: b.tftest.hcl" in said
    assert "pass" in said


@pytest.mark.parametrize(
    "said", ["Error: Test assertion failed", "Error: Unknown variable\nError: Invalid value", "Error"]
)
def test_anything_else_is_a_failure(tests: Path, tmp_path: Path, said: str) -> None:
    assert main(answering(tmp_path, ("a.tftest", "pass"), ("b.tftest", said)), tests, tmp_path / "copies") == 1


def test_ci_leaves_nothing_to_terraform() -> None:
    left = Ran("a.tftest.hcl", False, "Error: Unknown variable\n")
    assert (verdict([left], ci=False), verdict([left], ci=True)) == (0, 1)
