"""What cannot be right is said by the name of its option, with what would be."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.deploy.inputs import email_of, inputs, key_of, level_of, region_of, url_of
from scripts.deploy.talk import Stop
from scripts.deploy.usage import Wanted, read

GOOD = ("--email", "bot@example.com", "--url", "https://acme.atlassian.net/", "--project-key", "SEC")


def wanted(*given: str) -> Wanted:
    read_in = read(["jira", *given])
    assert isinstance(read_in, Wanted)
    return read_in


def test_good_options_are_taken_and_the_level_has_the_module_s_default() -> None:
    taken = inputs(wanted(*GOOD))
    assert (taken.email, taken.url, taken.project_key, taken.log_level) == (
        "bot@example.com",
        "https://acme.atlassian.net",
        "SEC",
        "error",
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.atlassian.net",
        "https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555",
        "https://jira.example.com:8443/tracker",
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
    ],
)
def test_a_base_url_is_taken_as_it_is(url: str) -> None:
    assert url_of(url) == url
    assert url_of(f"{url}/") == url


@pytest.mark.parametrize(
    ("url", "mended"),
    [
        ("acme.atlassian.net", "--url https://acme.atlassian.net"),
        ("http://acme.atlassian.net", "--url https://acme.atlassian.net"),
        ("https://acme.atlassian.net/jira/software/projects/SEC/boards/1", "--url https://acme.atlassian.net"),
        ("https://acme.atlassian.net/browse/SEC-1", "--url https://acme.atlassian.net"),
        ("https://acme.atlassian.net/?x=1", "--url https://acme.atlassian.net"),
        ("https://acme.atlassian.net/#top", "--url https://acme.atlassian.net"),
        ("https://jira.example.com/tracker/browse/SEC-1", "--url https://jira.example.com/tracker"),
        ("https://api.atlassian.com", "--url https://api.atlassian.com/ex/jira/<cloudId>"),
        ("https://api.atlassian.com/ex/jira/", "tenant_info"),
        ("https://id.atlassian.com/manage-profile", "not your site"),
        ("https://bot:secret@acme.atlassian.net", "leave out all before the @"),
        ("ftp://acme.atlassian.net", "no address of a site"),
        ("https://", "no address of a site"),
        ("https://acme.atlassian.net:port", "no address"),
    ],
)
def test_an_address_that_is_not_jira_s_own_is_refused_with_the_one_that_is(url: str, mended: str) -> None:
    with pytest.raises(Stop) as refused:
        url_of(url)
    assert mended in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("key", "mended"),
    [
        ("sec", "--project-key SEC"),
        ("SEC-123", "--project-key SEC"),
        ("sec-123", "--project-key SEC"),
        ("Security Incidents", "the SEC of SEC-123"),
        ("S", "the SEC of SEC-123"),
    ],
)
def test_a_key_that_is_none_is_refused_with_the_one_meant(key: str, mended: str) -> None:
    with pytest.raises(Stop, match="key") as refused:
        key_of(key)
    assert mended in str(refused.value)


def test_an_address_of_nobody_and_a_level_that_is_none_are_refused() -> None:
    with pytest.raises(Stop, match="no e-mail address"):
        email_of("bot")
    with pytest.raises(Stop, match="none of info, debug and error"):
        level_of("warn")
    assert level_of("INFO") == "info"


def test_everything_wrong_is_said_at_once_each_with_its_option() -> None:
    with pytest.raises(Stop) as refused:
        inputs(wanted("--email", "bot", "--url", "<your-jira-url>", "--project-key", "sec", "--log-level", "loud"))
    lines = str(refused.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["--email", "--url", "--project-key", "--log-level"]
    assert "is a placeholder" in lines[1]


def test_a_bearer_token_needs_no_address() -> None:
    assert inputs(wanted(*GOOD[2:]), bearer=True).email == ""
    with pytest.raises(Stop, match="--email is missing"):
        inputs(wanted(*GOOD[2:]))


def test_the_region_is_that_of_the_option_of_the_folder_or_of_the_environment(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-west-1\n[profile soc]\nregion = ap-south-1\n")
    around = {"AWS_CONFIG_FILE": str(config)}
    assert region_of("eu-central-1", around, None) == "eu-central-1"
    assert region_of(None, around | {"AWS_REGION": "us-east-2"}, None) == "us-east-2"
    assert region_of(None, around | {"AWS_REGION": "us-east-2"}, "us-west-2") == "us-west-2"
    assert region_of(None, around, None) == "eu-west-1"
    assert region_of(None, around | {"AWS_PROFILE": "soc"}, None) == "ap-south-1"


@pytest.mark.parametrize(
    ("option", "remembered", "said"),
    [
        (None, None, "--region is missing"),
        ("Frankfurt", None, "is no Region"),
        ("us-gov-west-1", None, "cannot publish"),
        ("eu-west-1", "us-east-1", "this folder's deployment is in us-east-1"),
    ],
)
def test_a_region_that_cannot_be_meant_is_refused(
    tmp_path: Path, option: str | None, remembered: str | None, said: str
) -> None:
    with pytest.raises(Stop, match=said):
        region_of(option, {"AWS_CONFIG_FILE": str(tmp_path / "none")}, remembered)
