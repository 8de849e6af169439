"""Real Chromium against the instance that `./dev e2e` has started for this run.

`base_url` is where it is; `E2E_MAIL` is the folder of the messages it sent, `E2E_SIGN_INS` the file of its sign-ins.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Error, Page


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The machine's own Chromium; as root it only runs without its sandbox."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": os.environ["E2E_CHROMIUM"], "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {
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
        if message.type == "error":
            complaints.append(message.text)

    def on_error(error: Error) -> None:
        complaints.append(str(error))

    page.on("console", on_console)
    page.on("pageerror", on_error)
    yield
    assert complaints == []
