"""`script/screenshots`: the pictures of the README and the guides, taken from a running demonstration."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from servicedesk.env import BASE_DIR

FOLDER = BASE_DIR / "docs" / "images"
DESKTOP, PHONE = (1440, 900), (390, 844)
AGENT, MANAGER, CLIENT, SIGNER = "agent", "manager", "client_contact", "client_manager"
NEGOTIATOR = "m.hansen@nordwind.example"  # the client manager to whom an agreement is on offer
PASSWORD = "servicedesk-demo"  # noqa: S105 - that of web/demo.py, which needs Django to be imported


@dataclass(frozen=True)
class Shot:
    """One picture: what to open as whom, and how it looks.

    `who` is a role that the sign-in page offers, or an address of the demonstration. `follow` are selectors of links to
    follow from `path`; `at` is the selector of what is scrolled to the top of the picture.
    """

    name: str
    who: str
    path: str
    language: str = "en"
    theme: str = "light"
    size: tuple[int, int] = DESKTOP
    follow: tuple[str, ...] = ()
    at: str = ""


ROW = "main a.row-link"
REQUEST = "[data-row-link]"
OFFICE_HOURS = "main a.row-link:has-text('Office hours')"
OFFERED = "main a[href*='/agreements/versions/']:has-text('In negotiation')"
AGREEMENT = "main a[href*='/portal/agreements/']"

SHOTS = [
    Shot("queue", AGENT, "/desk/"),
    Shot("queue-dark-zh", AGENT, "/desk/", language="zh-hans", theme="dark"),
    Shot("request", AGENT, "/desk/", follow=(REQUEST,)),
    Shot("request-zh", AGENT, "/desk/", language="zh-hans", follow=(REQUEST,)),
    Shot("dashboard", MANAGER, "/desk/dashboard/"),
    Shot("dashboard-dark-zh", MANAGER, "/desk/dashboard/", language="zh-hans", theme="dark"),
    Shot("portal", CLIENT, "/portal/", language="zh-hans"),
    Shot("portal-new", CLIENT, "/portal/new/"),
    Shot("portal-phone", CLIENT, "/portal/", language="zh-hans", size=PHONE),
    Shot("portal-request-phone-dark", CLIENT, "/portal/", "zh-hans", "dark", PHONE, ("main a[href*='/requests/']",)),
    Shot("calendar-editor", MANAGER, "/desk/calendars/", follow=("main a.chip--outline", "main a[href*='/edit/']")),
    Shot("calendar-year-zh", MANAGER, "/desk/calendars/", "zh-hans", follow=(OFFICE_HOURS,), at="#year"),
    Shot("agreement", MANAGER, "/desk/agreements/", follow=(OFFERED,)),
    Shot("agreement-phone", NEGOTIATOR, "/portal/agreements/", size=PHONE, follow=(AGREEMENT,)),
    Shot("agreement-phone-zh", SIGNER, "/portal/agreements/", "zh-hans", size=PHONE, follow=(AGREEMENT,)),
    Shot("ledger", AGENT, "/desk/", follow=(REQUEST, "main a[href*='/clocks/']")),
    Shot("what-if", MANAGER, "/desk/what-if/", follow=(ROW,)),
    Shot("wall", MANAGER, "/desk/levels/now/"),
    Shot("wall-screen-dark-zh", MANAGER, "/desk/levels/now/?screen=1", language="zh-hans", theme="dark"),
    Shot("levels", MANAGER, "/desk/levels/"),
    Shot("levels-dark-zh", MANAGER, "/desk/levels/", language="zh-hans", theme="dark"),
    Shot("monthly-report", MANAGER, "/desk/levels/report/?client=1"),
]


def chromium() -> str:
    """The system's browser.

    Raises:
        SystemExit: there is none.
    """
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise SystemExit("No Chromium was found; install it, or name it in CHROMIUM.")
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


def sign_in(page: Page, url: str, who: str) -> None:
    """Sign in as the demonstration's person of a role, or of an address, through the sign-in page."""
    page.goto(f"{url}/account/login/")
    if "@" in who:
        page.fill("input[name=login]", who)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
    else:
        page.locator(f"form[data-role='{who}'] button").first.click()
    page.wait_for_load_state("networkidle")


def take(started: Browser, url: str, shot: Shot, folder: Path) -> None:
    """Take one picture."""
    options: dict[str, Any] = {
        "viewport": {"width": shot.size[0], "height": shot.size[1]},
        "color_scheme": shot.theme,
        "device_scale_factor": 1,
        "locale": {"zh-hans": "zh-CN", "zh-hant": "zh-TW"}.get(shot.language, "en-GB"),
    }
    context = started.new_context(**options)
    page = context.new_page()
    sign_in(page, url, shot.who)
    _speak(page, url, shot.language)
    page.goto(url + shot.path)
    for link in shot.follow:
        page.goto(url + str(page.locator(link).first.get_attribute("href")))
    page.wait_for_load_state("networkidle")
    if shot.at:
        page.locator(shot.at).first.evaluate("part => part.scrollIntoView()")
    page.screenshot(path=str(folder / f"{shot.name}.png"))
    context.close()


def _speak(page: Page, url: str, language: str) -> None:
    """Choose a language as the person would; it stays with them."""
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    page.request.post(
        f"{url}/language/", form={"language": language, "csrfmiddlewaretoken": token}, headers={"Referer": url}
    )


def main() -> None:
    """Take all pictures, or those named."""
    parser = argparse.ArgumentParser(prog="script/screenshots", description="Take the pictures of the documents.")
    parser.add_argument("--url", default="http://localhost:8000", help="a running demonstration")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("names", nargs="*", help="pictures to take; all when none is given")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with browser() as started:
        for shot in SHOTS:
            if not options.names or shot.name in options.names:
                take(started, options.url, shot, options.folder)


if __name__ == "__main__":
    main()
