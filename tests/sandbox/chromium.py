"""A real browser for the sandbox's page: the system's Chromium, driven by what people see and press."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

import pytest
from selenium.common.exceptions import (
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.ui import WebDriverWait

from tests.conftest import LEFT_OUT

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PATIENCE = 150.0
"""Seconds for what takes one on an idle machine."""
_LOOKS_UP_EVERY = 0.25
"""Seconds: each look costs the browser, its driver and this process something."""
# Nothing but the page is looked up or asked for, and no feature of the browser's own asks for something.
_ARGUMENTS = (
    "--headless=new",
    "--disable-gpu",
    "--hide-scrollbars",
    # Letters in shades of grey: coloured edges would make a picture larger.
    "--disable-lcd-text",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# A redrawn element is another one: whoever had it in hand looks for it again.
_PASSING = (StaleElementReferenceException, NoSuchElementException, ElementNotInteractableException)

USUAL = 1440, 900
"""Width and height of what the page is looked at in."""

_READY = """
arguments[0].scrollIntoView({block: 'center'});
window.pressed = false;
arguments[0].addEventListener('click', () => { window.pressed = true; }, {once: true});
"""

T = TypeVar("T")


def programs() -> tuple[str, str]:
    """The browser and its driver; the check is left out where one is missing."""
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip(f"browser {LEFT_OUT}: chromium and chromedriver are not here (Debian: chromium, chromium-driver)")
    return browser, driver


@contextmanager
def chromium() -> Iterator[Chrome]:
    """A fresh browser without a window, which keeps what is written to its console and what it asks for."""
    browser, driver = programs()
    options = ChromeOptions()
    options.binary_location = browser
    # Chromium's own sandbox does not run as root.
    for argument in (*_ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.add_experimental_option("perfLoggingPrefs", {"enableNetwork": True, "enablePage": False})
    started = Chrome(options=options, service=Service(driver))
    try:
        Visitor(started).resize(*USUAL)
        yield started
    finally:
        started.quit()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the page. Every step waits until it can be taken; none counts seconds."""

    driver: Chrome

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def light(self, *, dark: bool) -> None:
        """Prefer light colours, or dark ones."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def open(self, url: str) -> None:
        """Load the page, and wait until it has drawn what there is."""
        self.driver.get(url)
        self.until(lambda: self.find("body[data-ready]"), "the page, drawn")

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """What is read in each of these, all at one moment."""
        script = "return [...document.querySelectorAll(arguments[0])].map((each) => each.innerText.trim())"
        read: list[str] = self.driver.execute_script(script, selector)
        return read

    def text(self, selector: str) -> str:
        """All that is read there; empty where there is no such thing."""
        return "\n".join(self.texts(selector))

    def content(self, selector: str) -> str:
        """All that the first of these holds, folded away or not; empty where there is none."""
        script = "return document.querySelector(arguments[0])?.textContent ?? ''"
        held: str = self.driver.execute_script(script, selector)
        return held

    def until(self, seen: Callable[[], T], what: str) -> T:
        """Wait for something to be so. Raises ``TimeoutError`` that says for what."""
        waiting = WebDriverWait(self.driver, _PATIENCE, poll_frequency=_LOOKS_UP_EVERY, ignored_exceptions=_PASSING)
        try:
            return waiting.until(lambda _: seen())
        except TimeoutException:
            raise TimeoutError(f"not seen: {what}; the page says: {self.texts('#said, #state, #troubles')}") from None

    def press(self, name: str, within: str = "body") -> None:
        """Press the one button of that name that can be pressed."""

        def pressed() -> bool:
            (button,) = [
                each
                for each in self.find_all(f"{within} button")
                if each.is_displayed() and each.is_enabled() and each.text.strip() == name
            ]
            self.driver.execute_script(_READY, button)
            button.click()
            # What is above may have grown just then, and the button have gone from under the pointer.
            return bool(self.driver.execute_script("return window.pressed"))

        self.until(lambda: _unless_none(pressed), f"a button {name} in {within}")

    def fill(self, **values: str | bool) -> None:
        """Fill in the open dialog by the names of its fields."""
        for name, value in values.items():
            field = self.until(lambda name=name: self.find(f"dialog [name={name}]"), f"a field {name}")  # type: ignore[misc]  # bound now
            if isinstance(value, bool):
                field.click()
            elif field.tag_name == "select":
                Select(field).select_by_visible_text(value)
            else:
                if field.get_attribute("type") != "file":
                    field.clear()
                field.send_keys(value)

    def answer(self, opener: str, within: str, label: str, **values: str | bool) -> None:
        """Open a dialog by a button, fill it in, press its button ``label``, and see it accepted."""
        self.press(opener, within)
        self.fill(**values)
        self.press(label, "dialog")
        self.until(lambda: not self.find_all("dialog[open]"), f"{label}, accepted")

    @property
    def place(self) -> str | None:
        """Where the keys go: what the page calls it, or the field's name."""
        active = self.driver.switch_to.active_element
        return active.get_attribute("data-focus") or active.get_attribute("name")

    def comment(self, side: str, text: str) -> None:
        """Write a comment; ``side`` is ``case`` or ``issue``."""
        field = self.find(f"textarea[name=comment-{side}]")
        field.clear()
        field.send_keys(text)
        self.press("Comment", f".write:has([name=comment-{side}])")
        self.until(lambda: not self.find(f"textarea[name=comment-{side}]").get_property("value"), "the comment sent")

    def said_once(self, side: str, text: str) -> bool:
        """Whether exactly one comment in the column ``aws`` or ``jira`` has this in it."""
        return sum(text in each for each in self.texts(f".comment .{side} .said")) == 1

    @property
    def word(self) -> str | None:
        """The verdict on the pair."""
        return self.find("#state").get_attribute("data-word")

    def await_word(self, word: str) -> None:
        self.until(lambda: self.word == word, f"a pair {word}")

    def console(self) -> list[str]:
        """What was written to the browser's console since it was asked last."""
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]  # selenium's

    def hosts(self) -> set[str]:
        """The hosts and ports that anything was asked of since."""
        entries = self.driver.get_log("performance")  # type: ignore[no-untyped-call]  # selenium's
        events = [json.loads(entry["message"])["message"] for entry in entries]
        asked = [
            event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"
        ]
        return {urlsplit(url).netloc for url in asked}

    def picture(self) -> bytes:
        """What is to be seen, as a PNG."""
        return self.driver.get_screenshot_as_png()


def _unless_none(act: Callable[[], bool]) -> bool:
    """Whether it was done: where there is not exactly one to unpack, it was not."""
    try:
        return act()
    except ValueError:
        return False
