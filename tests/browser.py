"""A real browser for the tests of the page: Debian's chromium, driven by its own driver."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver.remote.webelement import WebElement

__all__ = ["DESKTOP", "PHONE", "Browser", "browser_is_there", "browser_is_wanted"]

DESKTOP, PHONE = (1280, 900), (375, 760)
"""Widths and heights of a window, in CSS pixels."""

_PROGRAMS = ("chromium", "chromedriver")
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # a container's root cannot have one; the page is a local file
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--lang=en",
)


def browser_is_there() -> bool:
    """Tell whether the browser and its driver are installed."""
    return all(shutil.which(program) for program in _PROGRAMS)


def browser_is_wanted() -> bool:
    """Tell whether its absence is a failure: it is where every change is checked."""
    return os.environ.get("CI", "") not in ("", "false")


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser with one window, and what the tests ask of it."""

    driver: webdriver.Chrome

    @classmethod
    def start(cls) -> Browser:
        """Start a browser that logs what it prints and what it fetches."""
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which(_PROGRAMS[0]) or _PROGRAMS[0]
        for argument in _ARGUMENTS:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = Service(shutil.which(_PROGRAMS[1]) or _PROGRAMS[1])
        driver = webdriver.Chrome(options=options, service=service)
        driver.set_page_load_timeout(60)
        driver.set_script_timeout(60)
        return cls(driver)

    def command(self, name: str, **arguments: Any) -> Any:  # noqa: ANN401 - whatever the protocol answers
        """Send a command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def show(
        self,
        path: Path,
        place: str = "",
        *,
        window: tuple[int, int] = DESKTOP,
        dark: bool = False,
        scripts: bool = True,
    ) -> None:
        """Open a file in a window of a size, as a reader with these settings sees it."""
        width, height = window
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=window == PHONE,
        )
        self.command("Emulation.setTouchEmulationEnabled", enabled=window == PHONE)
        self.command(
            "Emulation.setEmulatedMedia",
            media="",
            features=[
                {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ],
        )
        self.command("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.driver.get("about:blank")
        self.complaints()
        self.requests()
        self.driver.get(path.as_uri() + place)

    def run(self, script: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever the script returns
        """Run a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def one(self, selector: str) -> WebElement:
        """Return the first element that a selector finds."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def every(self, selector: str) -> list[WebElement]:
        """Return the elements that a selector finds."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def visible(self, selector: str) -> list[str]:
        """Return the texts of the elements that a selector finds and a reader sees."""
        texts = self.run(
            "return [...document.querySelectorAll(arguments[0])]"
            ".filter(e => e.checkVisibility()).map(e => e.innerText.trim())",
            selector,
        )
        return list(texts)

    def complaints(self) -> list[str]:
        """Return what the console has said since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> set[str]:
        """Return the addresses that were asked for since this was last called."""
        messages = (
            json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")
        )
        return {
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        }
