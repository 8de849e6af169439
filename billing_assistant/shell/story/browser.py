"""A browser without pictures: keeps cookies, follows redirects, fills forms. And a caller of the API."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urljoin

import httpx

from billing_assistant.core import exact_json

PATIENCE: Final = 60.0


class StoryBroken(Exception):
    """A step did not come out as the story says."""


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes and what stands in it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.meta: dict[str, str] = {}
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                action = urljoin(self.address, values.get("action") or self.address)
                self._open = Form(action, values.get("method", "get").lower())
                self.forms.append(self._open)
            case "meta" if "name" in values:
                self.meta[values["name"]] = values.get("content", "")
            case "input" if self._open is not None and values.get("name"):
                if values.get("type") not in {"submit", "checkbox", "radio"} or "checked" in values:
                    self._open.fields[values["name"]] = values.get("value", "")
            case "button" | "select" | "textarea" if self._open is not None and values.get("name"):
                self._open.fields.setdefault(values["name"], values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


class Browser:
    """One visitor."""

    def __init__(self, base_url: str) -> None:
        agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
        self._http = httpx.Client(
            base_url=base_url, follow_redirects=True, timeout=30, headers={"User-Agent": agent, "Accept": "text/html"}
        )
        self.page: httpx.Response | None = None

    def open(self, address: str) -> httpx.Response:
        """Goes to a page. Raises StoryBroken when it does not answer well."""
        self.page = self._good(self._http.get(address))
        return self.page

    def submit(self, wanted: Callable[[Form], bool], **typed: str) -> httpx.Response:
        """Fills and sends the first form of the page that is wanted."""
        page = self._present()
        form = next((one for one in self._read(page).forms if wanted(one)), None)
        if form is None:
            raise StoryBroken(f"{page.url} has no such form.")
        answer = self._http.request(
            form.method, form.action, data=form.fields | typed, headers={"Referer": str(page.url)}
        )
        self.page = self._good(answer)
        return self.page

    def post(self, address: str) -> httpx.Response:
        """What a script of the page posts: with the page's token, nothing else."""
        page = self._present()
        read = self._read(page)
        token = read.meta.get("csrf-token") or next(
            (form.fields["csrfmiddlewaretoken"] for form in read.forms if "csrfmiddlewaretoken" in form.fields), ""
        )
        headers = {"X-CSRFToken": token, "Referer": str(page.url)}
        return self._good(self._http.post(address, headers=headers))

    def _present(self) -> httpx.Response:
        if self.page is None:
            raise StoryBroken("No page is open.")
        return self.page

    @staticmethod
    def _read(page: httpx.Response) -> _Forms:
        parser = _Forms(str(page.url))
        parser.feed(page.text)
        return parser

    @staticmethod
    def _good(answer: httpx.Response) -> httpx.Response:
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise StoryBroken(f"{answer.request.method} {answer.request.url} answered {answer.status_code}.")
        return answer


class Api:
    """A program with a key."""

    def __init__(self, base_url: str, key: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=60, headers={"Authorization": f"Bearer {key}"})

    def get(self, path: str, **query: Any) -> Any:
        return self._json(self._http.get(path, params=query))

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> Any:
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return self._json(self._http.post(path, content=exact_json.dumps(body or {}), headers=headers))

    def download(self, path: str) -> bytes:
        answer = self._http.get(path)
        if answer.status_code != httpx.codes.OK:
            raise StoryBroken(f"{path} answered {answer.status_code}.")
        return answer.content

    @staticmethod
    def _json(answer: httpx.Response) -> Any:
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise StoryBroken(
                f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}"
            )
        return exact_json.loads(answer.text)


def wait_for(what: str, found: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    """Looks again until there is something; raises StoryBroken when patience ends."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = found()
        if answer:
            return answer
        time.sleep(0.1)
    raise StoryBroken(f"Waited {seconds:.0f} s for {what}.")
