"""scripts/checks.py: every check runs, and what failed is said at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import REPOSITORY, hear_ctrl_c

MAKEFILE = """\
build:; @echo built again
good: build; @echo all is well
bad:; @echo 'main.tf is not formatted'; exit 1
slow:; @echo begun; while [ ! -e written ]; do sleep 0.05; done; echo dots
writes:; @touch written
waits waits-too:; @echo > $@.begun; exec sleep 30
never:; @touch never
"""


def started(folder: Path, *lanes: str) -> subprocess.Popen[str]:
    (folder / "Makefile").write_text(MAKEFILE)
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.checks", *lanes],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "MAKE": "make"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,
    )


def run(folder: Path, *lanes: str) -> subprocess.CompletedProcess[str]:
    process = started(folder, *lanes)
    said, _ = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, said)


def summary(said: str) -> list[list[str]]:
    return [line.split()[:2] for line in said.partition("==> summary\n")[2].splitlines()]


def test_all_that_hold_is_success_and_only_what_is_shown_is_seen(tmp_path: Path) -> None:
    done = run(tmp_path, "good writes", "slow")
    assert done.returncode == 0, done.stdout
    assert summary(done.stdout) == [["good", "ok"], ["writes", "ok"], ["slow", "ok"]]
    assert "dots" in done.stdout
    assert "all is well" not in done.stdout
    assert "built again" not in done.stdout


def test_one_that_fails_is_a_failure_its_words_come_last_and_the_others_run(tmp_path: Path) -> None:
    done = run(tmp_path, "bad writes", "slow")
    assert done.returncode == 1
    assert summary(done.stdout) == [["bad", "FAILED"], ["writes", "ok"], ["slow", "ok"]]
    assert done.stdout.index("dots") < done.stdout.index("main.tf is not formatted") < done.stdout.index("==> summary")


def test_a_failure_of_what_is_shown_is_one_too(tmp_path: Path) -> None:
    done = run(tmp_path, "good", "bad")
    assert done.returncode == 1
    assert done.stdout.count("main.tf is not formatted") == 1
    assert summary(done.stdout) == [["good", "ok"], ["bad", "FAILED"]]


def test_ctrl_c_stops_both_and_begins_no_other(tmp_path: Path) -> None:
    process = started(tmp_path, "waits never", "waits-too never")
    while len(list(tmp_path.glob("*.begun"))) < 2:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=25)
    assert process.returncode == 130, said
    assert not (tmp_path / "never").exists()
