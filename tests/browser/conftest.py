"""A real browser for the tests of pages: Debian's Chromium, steered by Playwright, and axe-core where it is.

They are run by `make test-browser`, which fetches what they need into build/browser.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.unit.pages.boards import NOW

FETCHED = Path(__file__).parents[2] / "build" / "browser"
SCHEMES, WIDTHS = ("light", "dark"), (1280, 380)


@dataclass
class Opened:
    """A page in the browser, and all that went on in it."""

    page: Any
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return int(self.page.locator("tbody tr:visible").count())

    def note_dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def wider_than_the_window(self) -> int:
        """The pixels by which the page is too wide."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


Open = Callable[..., Opened]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    program = shutil.which("chromium")
    if program is None or importlib.util.find_spec("playwright") is None:
        pytest.skip("there is no browser: make test-browser")
    api = importlib.import_module("playwright.sync_api")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, tmp_path: Path) -> Iterator[Open]:
    """Open a page from a file in that scheme, in a window so wide, so many minutes after it was made."""
    contexts = []

    def opened(
        text: str, *, scheme: str = "light", width: int = 1280, script: bool = True, minutes: float = 0
    ) -> Opened:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        window = {"width": width, "height": 800}
        context = chromium.new_context(color_scheme=scheme, viewport=window, java_script_enabled=script)
        contexts.append(context)
        page = context.new_page()
        seen = Opened(page)
        page.on("request", lambda request: seen.asked.append(request.url))
        page.on("console", lambda message: seen.said.append(message.text))
        page.on("pageerror", lambda error: seen.said.append(str(error)))
        page.on("dialog", seen.note_dialog)
        if script:
            page.clock.set_fixed_time(NOW.timestamp() + 60 * minutes)
        page.goto(file.as_uri())
        return seen

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The program of axe-core."""
    found = next(FETCHED.glob("axe-*.js"), None)
    if found is None:
        pytest.skip("there is no axe-core: make test-browser, with npm")
    return found.read_text(encoding="utf-8")
