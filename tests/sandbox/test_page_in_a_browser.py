"""The sandbox's page in a real Chromium, over the whole product: an incident by clicks, trouble by buttons, healing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.common.keys import Keys
from werkzeug import Request, Response

from sandbox.page import Page
from sandbox.serving import LoopbackServer
from sandbox.stage import Stage

from .chromium import USUAL, Visitor, chromium, programs
from .pictures import in_few_colours

HOSTILE = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"
# Tries all that a page of another origin can, and says so once every try has ended.
HOSTILE_SCRIPT = """
const read = (answer) => answer.text().then((text) => { window.read = text; });
const body = '{"title": "Forged", "description": "."}';
const tries = [
  fetch("TARGET/do/open-case", {method: "POST", mode: "no-cors", body}),
  fetch("TARGET/do/open-case", {method: "POST", headers: {"Content-Type": "application/json"}, body}),
  fetch("TARGET/state").then(read),
  fetch("TARGET/").then(read),
  new Promise((done) => {
    const news = new EventSource("TARGET/news");
    news.onopen = () => { window.read = "news"; done(); };
    news.onerror = done;
  }),
  new Promise((done) => {
    const script = document.createElement("script");
    script.onload = () => { window.read = "script"; done(); };
    script.onerror = done;
    script.src = "TARGET/time.js";
    document.head.append(script);
  }),
  new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.onload = done;
    frame.src = "TARGET/";
    document.body.append(frame);
  }),
];
Promise.allSettled(tries).then(() => { document.body.dataset.tried = "true"; });
"""
AWS, JIRA = ".sides .aws", ".sides .jira"
PICTURE_BYTES = 200_000


@pytest.fixture(scope="module", autouse=True)
def _browser() -> None:
    """Before a minute is spent on what nobody can look at."""
    programs()


@pytest.fixture(scope="module")
def page(_browser: None, stage: Stage) -> Iterator[Page]:
    """The page of the stage, which goes on by itself as that of `make sandbox` does."""
    stage.cloud.start()
    with Page(stage) as shown:
        yield shown


@pytest.fixture(scope="module")
def window(page: Page) -> Iterator[Visitor]:
    with chromium() as driver:
        yield Visitor(driver)


@pytest.fixture
def visitor(page: Page, window: Visitor) -> Iterator[Visitor]:
    """Somebody at the page, whose browser complains of nothing and asks nobody else."""
    window.open(page.url)
    yield window
    assert window.console() == []
    assert window.hosts() == {urlsplit(page.url).netloc}


def pair(visitor: Visitor, title: str) -> None:
    """A case, opened by clicks with the description that the dialog suggests, in step with its issue."""
    visitor.answer("Open a case…", "nav", "Open", title=title)
    visitor.until(lambda: visitor.text("#state h2") == title, "the new case")
    visitor.until(lambda: "SEC-" in visitor.text(JIRA), "its issue")
    visitor.await_word("in step")


def test_a_whole_incident_by_clicks(visitor: Visitor, tmp_path: Path) -> None:
    pair(visitor, "Access key of build-runner used by a stranger")
    visitor.answer("Status", JIRA, "Change", to="In Progress")
    visitor.until(lambda: "Detection and Analysis" in visitor.text("[aria-label=Status] .aws"), "the case's status")
    visitor.comment("issue", "The key belongs to our build runner.")
    visitor.until(lambda: visitor.said_once("aws", "our build runner"), "Ada's comment on the case")
    visitor.comment("case", "Please deactivate it and keep the logs.")
    visitor.until(lambda: visitor.said_once("jira", "keep the logs"), "Grace's comment on the issue")
    log = tmp_path / "cloudtrail.json"
    log.write_text('{"eventName": "CreateUser"}')
    visitor.answer("Attach", JIRA, "Attach", file=str(log))
    visitor.until(lambda: "cloudtrail.json" in visitor.text(".files .aws"), "the file on the case")
    visitor.answer("Edit", JIRA, "Save", title="Stolen key of build-runner")
    visitor.until(lambda: visitor.text("[aria-label=Title] .aws p") == "Stolen key of build-runner", "the new title")
    visitor.await_word("in step")
    take_picture(visitor)
    visitor.answer("Close", AWS, "Close the case", code="Investigation Completed")
    visitor.until(lambda: "Done" in visitor.text("[aria-label=Status] .jira"), "the issue Done")
    visitor.await_word("in step")
    assert "Investigation Completed" in visitor.text("main")


def take_picture(visitor: Visitor) -> None:
    """What the README shows, where `make picture` says."""
    visitor.resize(1440, 1300)
    visitor.driver.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
    visitor.driver.execute_script("document.getElementById('said').textContent = ''")
    picture = visitor.picture()
    assert len(picture) > 50_000
    if where := os.environ.get("PAGE_PICTURE"):
        small = in_few_colours(picture)
        assert len(small) < PICTURE_BYTES
        Path(where).write_bytes(small)


def test_an_issue_with_all_that_jira_s_editor_has_is_drawn_as_jira_draws_it(visitor: Visitor) -> None:
    visitor.answer("Create an issue…", "nav", "Create", summary="Phishing mail", rich=True)
    visitor.until(lambda: visitor.text("#state h2") == "Phishing mail", "the new issue")
    visitor.until(lambda: "Case" in visitor.text(AWS) and "No case" not in visitor.text(AWS), "its case")
    visitor.await_word("in step")
    drawn = "[aria-label=Description] .jira .rich"
    assert visitor.text(f"{drawn} .panel.warning") == "Do not contact the users yet."
    assert visitor.texts(f"{drawn} th") == ["Who", "When", "From"]
    assert visitor.texts(f"{drawn} ol > li")[0] == "Block the sender"
    assert visitor.find(f"{drawn} a").get_attribute("href") == "https://mail.example.com/trace/4711"
    assert "POST /login" in visitor.text(f"{drawn} pre")
    assert "| finance-03 | 08:14 |" in visitor.text("[aria-label=Description] .aws")


def test_jira_breaks_and_the_pair_is_watched_healing(visitor: Visitor) -> None:
    pair(visitor, "While Jira is down")
    visitor.press("Down", "[aria-label=Jira]")
    visitor.until(lambda: visitor.find_all("[aria-label=Jira] [aria-pressed=true]"), "Jira down")
    visitor.comment("case", "Said while Jira was down.")
    visitor.await_word("under way")
    visitor.until(lambda: "1 comment on the way" in visitor.text("#state"), "what is still under way")
    visitor.until(lambda: "to come again" in visitor.text("#runs"), "a run that failed")
    visitor.press("Down", "[aria-label=Jira]")
    visitor.until(lambda: not visitor.find_all("[aria-label=Jira] [aria-pressed=true]"), "Jira up")
    visitor.press("15 minutes")
    visitor.until(lambda: visitor.said_once("jira", "Said while Jira was down."), "the comment in Jira")
    visitor.await_word("in step")
    visitor.until(lambda: "ahead" in visitor.text("#clock"), "the time that passed")


TROUBLES = {
    "slow": ("Slow", "[aria-label=Jira]"),
    "throttled": ("429", "[aria-label=Jira]"),
    "an answer of Jira's lost": ("Lose the next creation's answer", "[aria-label=Jira]"),
    "an answer of security-ir's lost": ("Lose the next creation's answer", "[aria-label=security-ir]"),
    "security-ir down": ("Down", "[aria-label=security-ir]"),
    "the token revoked": ("Revoke", "[aria-label=Token]"),
    "doubled": ("doubled", "[aria-label=Notifications]"),
    "dropped": ("dropped", "[aria-label=Notifications]"),
    "out of order": ("out of order", "[aria-label=Notifications]"),
}


AMONG_ALL_CHECKS = ("an answer of Jira's lost",)
"""One that costs little; the others are played by `make test-long`."""


@pytest.mark.parametrize("trouble", AMONG_ALL_CHECKS)
def test_a_trouble_by_button_heals_and_nothing_is_lost_or_doubled(visitor: Visitor, trouble: str) -> None:
    play_trouble(visitor, trouble)


@pytest.mark.parametrize("trouble", [each for each in TROUBLES if each not in AMONG_ALL_CHECKS])
def test_every_trouble_by_button_heals_and_nothing_is_lost_or_doubled(visitor: Visitor, trouble: str) -> None:
    play_trouble(visitor, trouble)


def play_trouble(visitor: Visitor, trouble: str) -> None:
    pair(visitor, f"Amid trouble: {trouble}")
    name, within = TROUBLES[trouble]
    visitor.press(name, within)
    visitor.until(lambda: visitor.find_all(f"{within} [aria-pressed=true]"), trouble)
    visitor.comment("case", "Said on the case.")
    visitor.comment("issue", "Said in Jira.")
    visitor.press("Mend everything")
    visitor.press("Case sweep")
    visitor.press("Issue sweep")
    visitor.until(lambda: visitor.find_all("#troubles [aria-label=Time] button:enabled"), "the time to pass")
    visitor.press("15 minutes")
    visitor.until(lambda: visitor.said_once("jira", "Said on the case."), "the case's comment, once")
    visitor.until(lambda: visitor.said_once("aws", "Said in Jira."), "the issue's comment, once")
    visitor.await_word("in step")


def test_a_function_dies_at_its_next_comment_and_its_message_is_worked_on_again(visitor: Visitor) -> None:
    pair(visitor, "A death")
    visitor.answer("Kill at a request…", "#troubles", "Set the trap", function="jira_client", call="a comment in Jira")
    visitor.until(lambda: "dies before" in visitor.text("[aria-label=Functions]"), "the trap")
    visitor.comment("case", "Written in spite of a death.")
    visitor.until(lambda: visitor.find_all("#runs .run.bad"), "the run that died")
    assert "Runtime.ExitError" in visitor.content("#runs .run.bad")
    visitor.until(lambda: "dies before" not in visitor.text("[aria-label=Functions]"), "the trap sprung")
    visitor.press("15 minutes")
    visitor.until(lambda: visitor.said_once("jira", "Written in spite of a death."), "the comment in Jira")
    visitor.await_word("in step")
    # And a run tells its messages, its calls and its lines.
    visitor.until(
        lambda: "sqsChangeMessageVisibilityBatch200" in visitor.content("#runs .run"), "the requests of a run"
    )
    visitor.until(lambda: "START RequestId" in visitor.content("#runs .run"), "the lines of a run")
    visitor.until(lambda: "CASE#" in visitor.content(".ledger"), "what the ledger remembers")


def test_texts_of_either_side_are_shown_as_texts(visitor: Visitor, stage: Stage) -> None:
    visitor.answer("Open a case…", "nav", "Open", title=HOSTILE, description=HOSTILE)
    visitor.until(lambda: visitor.text("#state h2") == HOSTILE, "the title, letter for letter")
    visitor.await_word("in step")
    visitor.comment("case", HOSTILE)
    visitor.until(lambda: visitor.said_once("jira", HOSTILE), "the comment, letter for letter")
    key = visitor.text(f"{JIRA} .id")
    marks = [{"type": "link", "attrs": {"href": "javascript:document.title='taken'"}}]
    text = {"type": "text", "text": "press me", "marks": marks}
    never = {"type": "date", "attrs": {"timestamp": "99999999999999999"}}
    document = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text, never]}]}
    stage.jira.person_named("Ada Lovelace", "ada@example.com").comment(key, document)
    visitor.until(lambda: visitor.find_all(".comment .no-link"), "a link that is none")
    assert visitor.text(".comment .jira .chip") == "99999999999999999"
    assert visitor.find_all("main script, main img, main iframe, nav script, nav img, aside script, aside img") == []
    assert [a for a in visitor.find_all("a") if (a.get_attribute("href") or "").startswith("javascript")] == []
    assert visitor.driver.title == "Sandbox"


def test_the_page_is_worked_by_keys_alone_and_named_for_those_who_hear_it(visitor: Visitor) -> None:
    visitor.find("body").send_keys(Keys.TAB)
    assert visitor.driver.switch_to.active_element.text == "Skip to the pair"
    visitor.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert visitor.driver.switch_to.active_element == visitor.find("main")
    assert not visitor.driver.current_url.endswith("#pair")
    begins = "return document.querySelector(arguments[0]).getBoundingClientRect()"
    bar, main = (visitor.driver.execute_script(begins, each) for each in ("#troubles", "main"))
    assert main["top"] >= bar["bottom"]
    for landmark in ("header", "nav[aria-label]", "main[aria-label]", "aside[aria-label]", "#troubles[aria-label]"):
        assert len(visitor.find_all(landmark)) == 1
    opener = visitor.find("#open-case")
    opener.send_keys(Keys.ENTER)
    visitor.until(lambda: visitor.find("dialog[open]"), "the dialog")
    assert visitor.driver.switch_to.active_element.get_attribute("name") == "title"
    visitor.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    visitor.until(lambda: not visitor.find_all("dialog[open]"), "the dialog closed")
    assert visitor.driver.switch_to.active_element == opener

    def all_named() -> bool:
        found = visitor.find_all("button, input, textarea, select, summary")
        controls = [each for each in found if each.is_displayed()]
        return len(controls) > 25 and all(each.accessible_name for each in controls)

    visitor.until(all_named, "a name for all that can be worked")
    assert len(visitor.find_all("[role=status]")) == 3


def test_what_is_typed_and_where_one_is_outlast_what_happens_meanwhile(visitor: Visitor, stage: Stage) -> None:
    visitor.press("Open a case…", "nav")
    visitor.fill(title="long " * 80)
    visitor.press("Open", "dialog")
    visitor.until(lambda: visitor.text("dialog [role=alert]"), "why the title is refused")
    assert visitor.find("dialog [name=title]").get_property("value") == "long " * 80
    (refusal,) = visitor.console()
    assert "do/open-case" in refusal
    stage.bells.choose("dropped")
    visitor.fill(title="Typed at once")
    visitor.press("Open", "dialog")
    visitor.until(lambda: visitor.text("#state h2") == "Typed at once", "the new case")
    visitor.find("textarea[name=comment-case]").send_keys("A sentence that takes ")
    stage.bells.choose("once")
    stage.cloud.sweep("case-sweep")
    visitor.until(lambda: "SEC-" in visitor.text(JIRA), "its issue")
    assert visitor.place == "comment-case"
    visitor.driver.switch_to.active_element.send_keys("its time")
    assert visitor.find("textarea[name=comment-case]").get_property("value") == "A sentence that takes its time"
    visitor.await_word("in step")
    visitor.find("[data-focus='issue edit']").send_keys(Keys.ENTER)
    visitor.fill(title="Edited meanwhile")
    visitor.press("Save", "dialog")
    visitor.until(lambda: visitor.text("#state h2") == "Edited meanwhile", "the new title")
    visitor.until(lambda: visitor.place == "issue edit", "the keys where they were")
    visitor.await_word("in step")
    stage.bells.choose("dropped")
    described = "GuardDuty: CreateUser from 198.51.100.7. key of build-runner, nobody was at home"
    ada = stage.jira.person_named("Ada Lovelace", "ada@example.com")
    ada.edit(visitor.text(f"{JIRA} .id"), summary="Edited once more", description=described)
    visitor.until(lambda: visitor.texts("[aria-label=Title] mark") == ["meanwhile", "once more"], "what differs")
    assert visitor.texts("[aria-label=Description] mark") == ["work", "home"]
    stage.bells.choose("once")


def test_another_site_that_somebody_has_open_neither_drives_nor_reads_the_page(
    page: Page, stage: Stage, window: Visitor
) -> None:
    script = HOSTILE_SCRIPT.replace("TARGET", page.url.rstrip("/"))

    def evil(request: Request) -> Response:
        shown = script if request.path == "/evil.js" else "<!doctype html><body><script src=evil.js></script>"
        return Response(shown, content_type="text/javascript" if request.path == "/evil.js" else "text/html")

    before = [case.title for case in stage.security_ir.cases()]
    elsewhere = LoopbackServer(evil, "evil").start()
    window.driver.get(elsewhere.url)
    window.until(lambda: window.find("body[data-tried]"), "every try, made")
    assert window.driver.execute_script("return window.read") is None
    window.driver.switch_to.frame(window.find("iframe"))
    assert "Cases" not in window.text("body")
    window.driver.switch_to.default_content()
    elsewhere.stop()
    # Its complaints are not those of our page.
    assert window.console() != []
    window.hosts()
    assert [case.title for case in stage.security_ir.cases()] == before


@pytest.fixture
def usual(window: Visitor) -> Iterator[None]:
    """Light and as wide as usual for whoever comes next."""
    yield
    window.resize(*USUAL)
    window.light(dark=False)


@pytest.mark.usefixtures("usual")
@pytest.mark.parametrize(("width", "dark"), [(420, False), (820, True), (1680, True)])
def test_it_fits_narrow_and_wide_screens_in_light_and_dark(visitor: Visitor, width: int, dark: bool) -> None:
    visitor.resize(width, USUAL[1])
    visitor.light(dark=dark)
    visitor.until(lambda: visitor.find_all("#state"), "a pair")
    width_left = "return document.documentElement.scrollWidth - innerWidth"
    assert visitor.driver.execute_script(width_left) <= 0
    parts = "return [...document.querySelectorAll('nav, nav button, main')].map((e) => e.scrollWidth - e.clientWidth)"
    assert max(visitor.driver.execute_script(parts)) <= 0
    ground = visitor.find("body").value_of_css_property("background-color")
    red = int(ground.split("(")[1].split(",")[0])
    assert (red < 64) is dark
