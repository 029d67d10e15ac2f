"""Where Terraform's providers are looked for, and in which order."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from scripts import terraform_providers
from scripts.terraform_providers import (
    OPENTOFU,
    TERRAFORM,
    NoProviders,
    Surroundings,
    configuration,
    find,
    linked,
    registry_answers,
    tool_of,
)


def mirror(folder: Path, version: str = "5.100.0") -> Path:
    (folder / "registry.terraform.io" / "hashicorp" / "aws" / version / "linux_amd64").mkdir(parents=True)
    return folder


def nobody(host: str) -> bool:
    return False


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    """A machine with nothing on it and no network."""
    (tmp_path / "home").mkdir()
    return Surroundings({}, tmp_path / "home", (tmp_path / "share",), (tmp_path / "opt",), nobody)


def test_a_mirror_that_is_named_comes_first(tmp_path: Path, around: Surroundings) -> None:
    named = mirror(tmp_path / "mine")
    mirror(around.home / ".terraform.d" / "plugins")
    found = find(replace(around, environment={"TF_PROVIDER_MIRROR": str(named)}))
    assert found.mirror == named.resolve()


def test_a_named_mirror_without_the_provider_is_refused_by_name(tmp_path: Path, around: Surroundings) -> None:
    with pytest.raises(NoProviders, match=r"TF_PROVIDER_MIRROR.*empty"):
        find(replace(around, environment={"TF_PROVIDER_MIRROR": str(tmp_path / "empty")}))


def test_the_users_own_installation_is_used_as_it_is(tmp_path: Path, around: Surroundings) -> None:
    own = tmp_path / "own.tfrc"
    own.write_text('provider_installation {\n  network_mirror { url = "https://mirror.example.com/" }\n}\n')
    mirror(tmp_path / "opt" / "plugins")
    mine = replace(around, environment={"TF_CLI_CONFIG_FILE": str(own)})
    assert configuration(mine, find(mine)) == own.read_text()


def test_what_else_the_user_configured_stays_beside_a_mirror(tmp_path: Path, around: Surroundings) -> None:
    credentials = 'credentials "app.example.com" {\n  token = "t"\n}\n'
    (around.home / ".terraformrc").write_text(credentials)
    lying = mirror(tmp_path / "opt" / "plugins")
    written = configuration(around, find(around))
    assert written.startswith(credentials.rstrip())
    assert f'path = "{lying}"' in written


def test_a_configuration_that_is_named_and_missing_says_nothing(tmp_path: Path, around: Surroundings) -> None:
    lying = mirror(tmp_path / "opt" / "plugins")
    assert find(replace(around, environment={"TF_CLI_CONFIG_FILE": str(tmp_path / "no.tfrc")})).mirror == lying


@pytest.mark.parametrize(
    "place", ["home/.terraform.d", "home/.local/share/terraform", "data/terraform", "share/terraform"]
)
def test_terraform_finds_its_implied_folders_itself(tmp_path: Path, around: Surroundings, place: str) -> None:
    mirror(tmp_path / place / "plugins")
    mirror(tmp_path / "opt" / "plugins")
    environment = {"XDG_DATA_HOME": str(tmp_path / "data")} if place.startswith("data") else {}
    assert find(replace(around, environment=environment)).mirror is None


def test_where_the_registry_answers_terraform_goes_there(tmp_path: Path, around: Surroundings) -> None:
    mirror(tmp_path / "opt" / "plugins")
    assert find(replace(around, registry_answers=lambda host: True)).mirror is None


def test_a_mirror_nearby_is_named_in_one_line(tmp_path: Path, around: Surroundings) -> None:
    lying = mirror(tmp_path / "opt" / "a" / "plugins")
    found = find(around)
    assert found.mirror == lying
    assert str(lying) in found.remark
    assert "\n" not in found.remark


def test_a_mirror_too_far_down_or_too_old_is_not_one(tmp_path: Path, around: Surroundings) -> None:
    mirror(tmp_path / "opt" / "a" / "b" / "c" / "d" / "plugins")
    mirror(tmp_path / "opt" / "old", "5.99.9")
    with pytest.raises(NoProviders, match="TF_PROVIDER_MIRROR"):
        find(around)


def test_a_packed_mirror_counts(tmp_path: Path, around: Surroundings) -> None:
    folder = tmp_path / "opt" / "registry.terraform.io" / "hashicorp" / "aws"
    folder.mkdir(parents=True)
    (folder / "terraform-provider-aws_6.2.0_linux_amd64.zip").touch()
    assert find(around).mirror == tmp_path / "opt"


# --- OpenTofu --------------------------------------------------------------------------------------
def test_a_program_says_which_of_the_two_it_is(tmp_path: Path) -> None:
    program = tmp_path / "mine"
    for said, tool in (("\nWarning: a file\n\nOpenTofu v1.12.6", OPENTOFU), ("Terraform v1.11.4", TERRAFORM)):
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\non linux_amd64\nEND\n")
        program.chmod(0o755)
        assert tool_of(str(program)) == tool
    assert tool_of(str(tmp_path / "nowhere")) == TERRAFORM


@pytest.mark.parametrize("place", ["named", "configured", "implied", "nearby"])
def test_opentofu_takes_a_mirror_of_terraform_s_through_links(tmp_path: Path, around: Surroundings, place: str) -> None:
    lying = mirror(tmp_path / "home" / ".terraform.d" / "plugins" if place == "implied" else tmp_path / "opt" / place)
    environment = {"TF_PROVIDER_MIRROR": str(lying)} if place == "named" else {}
    if place == "configured":
        block = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{lying}"\n  }}\n}}\n'
        (around.home / ".terraformrc").write_text(block)
    asking = replace(around, environment=environment, tool=OPENTOFU)
    found = find(asking)
    assert found.mirror == lying
    links = linked(lying, OPENTOFU, tmp_path / "links")
    package = links / "registry.opentofu.org" / "hashicorp" / "aws" / "5.100.0" / "linux_amd64"
    assert package.is_symlink()
    assert package.resolve() == lying / "registry.terraform.io" / "hashicorp" / "aws" / "5.100.0" / "linux_amd64"
    assert f'path = "{links}"' in configuration(asking, replace(found, mirror=links))


def test_opentofu_takes_a_packed_mirror_through_links(tmp_path: Path) -> None:
    folder = tmp_path / "opt" / "registry.terraform.io" / "hashicorp" / "aws"
    folder.mkdir(parents=True)
    (folder / "terraform-provider-aws_6.2.0_linux_amd64.zip").write_bytes(b"packed")
    links = linked(tmp_path / "opt", OPENTOFU, tmp_path / "links") / "registry.opentofu.org" / "hashicorp" / "aws"
    assert (links / "terraform-provider-aws_6.2.0_linux_amd64.zip").read_bytes() == b"packed"


def test_opentofu_s_own_mirror_is_used_as_it_is(tmp_path: Path, around: Surroundings) -> None:
    own = tmp_path / "home" / ".terraform.d" / "plugins"
    (own / "registry.opentofu.org" / "hashicorp" / "aws" / "5.100.0" / "linux_amd64").mkdir(parents=True)
    assert find(replace(around, tool=OPENTOFU)).mirror is None
    assert linked(own, OPENTOFU, tmp_path / "links") == own


def test_opentofu_asks_its_own_registry_and_reads_its_own_configuration(tmp_path: Path, around: Surroundings) -> None:
    asked = []

    def answers(host: str) -> bool:
        asked.append(host)
        return True

    (around.home / ".terraformrc").write_text("disable_checkpoint = true\n")
    (around.home / ".tofurc").write_text('credentials "app.example.com" {\n  token = "t"\n}\n')
    asking = replace(around, tool=OPENTOFU, registry_answers=answers)
    found = find(asking)
    assert (asked, found.mirror) == (["registry.opentofu.org"], None)
    assert configuration(asking, found) == (around.home / ".tofurc").read_text()


def test_without_any_provider_the_remedy_speaks_of_opentofu(around: Surroundings) -> None:
    with pytest.raises(NoProviders, match=r"registry\.opentofu\.org does not answer[^$]*tofu providers mirror FOLDER"):
        find(replace(around, tool=OPENTOFU))


@contextmanager
def serving(answer: Callable[[], bytes]) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answer()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_the_registry_is_one_that_speaks_as_one() -> None:
    with serving(lambda: json.dumps({"providers.v1": "/v1/providers/"}).encode()) as address:
        assert registry_answers(address)
    with serving(lambda: b"<html>Sign in to the network</html>") as address:
        assert not registry_answers(address)
    assert not registry_answers("http://127.0.0.1:1/")


def test_a_registry_that_hangs_is_not_waited_for() -> None:
    answered = threading.Event()

    def late() -> bytes:
        answered.wait(5)
        return b"{}"

    with serving(late) as address:
        began = time.monotonic()
        assert not registry_answers(address, patience=0.2)
        assert time.monotonic() - began < 4, "it would have hung for five"
        answered.set()


def test_the_command_writes_a_configuration_only_its_owner_reads(
    tmp_path: Path, around: Surroundings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TF_PROVIDER_MIRROR", str(mirror(tmp_path / "mine")))
    target = tmp_path / "cache" / "terraform.rc"
    assert terraform_providers.main(target) == 0
    assert "filesystem_mirror" in target.read_text()
    assert target.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("TF_PROVIDER_MIRROR", str(tmp_path / "nowhere"))
    assert terraform_providers.main(target) == 1
    assert "nowhere" in capsys.readouterr().err
