"""Real Chromium against the instance that `./dev e2e` has started for this run.

`base_url` is where it is; `E2E_MAIL` is the folder of the messages it sent, `E2E_SIGN_INS` the file of its sign-ins.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page

from billing_assistant.shell.demo import ACCOUNTS

REFUSED_FORM = "the server responded with a status of 422"
"""What Chromium writes when a form that a script sent comes back with its errors, as it should."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The machine's own Chromium; as root it only runs without its sandbox."""
    quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": os.environ["E2E_CHROMIUM"], "args": [*arguments, *quiet, "--disable-sync"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 1440, "height": 900},
        "locale": "en-GB",
        "timezone_id": "Africa/Nairobi",
        "reduced_motion": "reduce",
    }


@pytest.fixture(autouse=True)
def no_page_complains(page: Page) -> Iterator[None]:
    """A test in which the browser's console saw an error, ours or of the content policy, has failed."""
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and REFUSED_FORM not in message.text:
            complaints.append(message.text)

    def on_error(error: Error) -> None:
        complaints.append(str(error))

    page.on("console", on_console)
    page.on("pageerror", on_error)
    yield
    assert complaints == []


def cookies_of(browser: Browser, arguments: dict[str, Any], username: str) -> list[Any]:
    """The cookies of a member of staff who signed in once, as a person does."""
    account = next(account for account in ACCOUNTS if account.username == username)
    context = browser.new_context(**arguments)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("User name or e-mail").or_(page.locator("[name=login]")).first.fill(account.username)
    page.locator("[name=password]").fill(account.password)
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url("**/")
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture(scope="session")
def finance_cookies(browser: Browser, browser_context_args: dict[str, Any]) -> list[Any]:
    return cookies_of(browser, browser_context_args, "finance")


@pytest.fixture(scope="session")
def admin_cookies(browser: Browser, browser_context_args: dict[str, Any]) -> list[Any]:
    return cookies_of(browser, browser_context_args, "admin")


@pytest.fixture
def finance(page: Page, finance_cookies: list[Any]) -> Page:
    """A page of a signed-in member of the finance team."""
    page.context.add_cookies(finance_cookies)
    return page


@pytest.fixture
def admin(page: Page, admin_cookies: list[Any]) -> Page:
    """A page of a signed-in administrator."""
    page.context.add_cookies(admin_cookies)
    return page


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where pictures go: beside the instance, or where E2E_PICTURES says (docs/pictures renews the README)."""
    folder = Path(os.environ.get("E2E_PICTURES") or Path(os.environ["E2E_MAIL"]).parent / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def mailbox() -> Path:
    """The folder of the messages that were sent."""
    return Path(os.environ["E2E_MAIL"])
