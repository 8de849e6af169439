"""The socket in front of the books: keys, parameters, idempotency, pages of lists, and faults."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.stripe.billing import Billing
from tests.fakes.stripe.books import Account, Books, Refused
from tests.fakes.stripe.contract import CONTRACT, blank, nested, unknown_names

WORDS = frozenset(part for operation in CONTRACT["params"] for part in operation.partition(" ")[2].split("/"))
LISTS = {
    "/v1/checkout/sessions": "checkout.session",
    "/v1/payment_links": "payment_link",
    "/v1/payment_intents": "payment_intent",
    "/v1/charges": "charge",
    "/v1/refunds": "refund",
    "/v1/disputes": "dispute",
    "/v1/balance_transactions": "balance_transaction",
    "/v1/payouts": "payout",
    "/v1/invoices": "invoice",
    "/v1/invoice_payments": "invoice_payment",
}
EXPANDS = {
    "setup_intent": "setup_intent",
    "payment_method": "payment_method",
    "latest_charge": "charge",
    "balance_transaction": "balance_transaction",
    "customer": "customer",
}
OTHER_PARAMETERS = {
    "type": "idempotency_error",
    "message": "Keys for idempotent requests can only be used with the same parameters.",
}
Act = Callable[[Books, Account, str, dict[str, Any]], dict[str, Any]]
ACTS: dict[str, Act] = {
    "GET /v1/account": lambda _books, account, _id, _params: blank(
        "account", id=account.id, settings={"dashboard": {"display_name": account.name}}
    ),
    "GET /v1/balance": lambda _books, account, _id, _params: blank("balance", livemode=account.livemode),
    "POST /v1/checkout/sessions": lambda books, account, _id, params: books.session_create(account, params),
    "POST /v1/checkout/sessions/{id}/expire": lambda books, account, id_, _params: books.session_expire(account, id_),
    "POST /v1/payment_links": lambda books, account, _id, params: books.link_create(account, params),
    "POST /v1/payment_links/{id}": lambda books, account, id_, params: books.link_update(account, id_, params),
    "POST /v1/payment_intents": lambda books, account, _id, params: books.intent_create(account, params),
    "POST /v1/invoices/create_preview": lambda books, account, _id, params: Billing(books).preview(account, params),
    "POST /v1/refunds": lambda books, account, _id, params: books.refund_create(account, params),
    "POST /v1/customers": lambda books, account, _id, params: books.customer_create(account, params),
    "POST /v1/payment_methods/{id}/detach": lambda books, account, id_, _params: books.method_detach(account, id_),
}
NO_FILTER = frozenset({"limit", "starting_after", "created", "expand"})


@dataclass
class Fault:
    """What goes wrong with the next calls whose "METHOD path" fits: before or `after` the effect.

    `status` 0 closes the connection without an answer; `text` is answered instead of JSON.
    """

    calls: str
    status: int = 0
    after: bool = False
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass
class StripeServer:
    """The running service. `calls` are the requests that came in: (method, path, headers, params)."""

    books: Books
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def fault(self, method: str, path: str) -> Fault | None:
        for each in self.faults:
            if each.times > 0 and re.search(each.calls, f"{method} {path}"):
                each.times -= 1
                return each
        return None


@contextmanager
def running(port: int = 0) -> Iterator[StripeServer]:
    """A service that listens until the block ends, on any free port unless one is named."""
    service = StripeServer(Books())

    class Handler(_Handler):
        fake = service

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536
    fake: StripeServer

    def do_GET(self) -> None:
        self._take("GET")

    def do_POST(self) -> None:
        self._take("POST")

    def log_message(self, *_: Any) -> None:
        """Silence: pytest's output is for the tests."""

    def _take(self, method: str) -> None:
        parts = urlsplit(self.path)
        sent = parts.query if method == "GET" else self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        params = nested(parse_qsl(sent, keep_blank_values=True))
        self.fake.calls.append((method, parts.path, dict(self.headers), params))
        fault = self.fake.fault(method, parts.path)
        if fault is not None and not fault.after:
            self._broken(fault)
            return
        with self.fake.books.lock:
            status, body = _answer(self.fake.books, method, parts.path, dict(self.headers), params)
        if fault is not None:
            self._broken(fault)
            return
        self._send(status, json.dumps(body), {"Content-Type": "application/json"})

    def _broken(self, fault: Fault) -> None:
        if fault.status == 0:
            self.close_connection = True
            self.connection.close()
            return
        text = fault.text or json.dumps({"error": {"type": "api_error", "message": "Something went wrong."}})
        self._send(fault.status, text, {"Content-Type": "application/json", **fault.headers})

    def _send(self, status: int, text: str, headers: dict[str, str]) -> None:
        content = text.encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content)), "Request-Id": "req_fake"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _answer(
    books: Books, method: str, path: str, headers: dict[str, str], params: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    try:
        account = books.of_key(headers.get("Authorization", "").removeprefix("Bearer "))
        key = headers.get("Idempotency-Key", "") if method == "POST" else ""
        if key and key in account.answers:
            asked, status, body = account.answers[key]
            return (status, body) if asked == f"{path} {params}" else (400, {"error": OTHER_PARAMETERS})
        status, body = _done(books, account, method, path, params)
        if key:
            account.answers[key] = (f"{path} {params}", status, body)
    except Refused as refused:
        return refused.status, {"error": refused.error}
    else:
        return status, body


def _done(books: Books, account: Account, method: str, path: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    parts = path.split("/")
    object_id = next((part for part in parts[2:] if part not in WORDS), "")
    pattern = "/".join(part if part in WORDS else "{id}" for part in parts)
    operation = f"{method} {pattern}"
    try:
        unknown = unknown_names(operation, params)
    except KeyError:
        raise Refused(404, f"Unrecognized request URL ({method}: {path}).") from None
    if unknown:
        raise Refused(400, f"Received unknown parameter: {unknown[0]}", code="parameter_unknown", param=unknown[0])
    expand = params.get("expand", [])
    try:
        found = _one(books, account, operation, object_id, params)
    except Refused as refused:
        if refused.status != 402:
            raise
        return 402, {"error": refused.error}
    return 200, _shown(account, found, expand)


def _one(books: Books, account: Account, operation: str, object_id: str, params: dict[str, Any]) -> dict[str, Any]:
    act = ACTS.get(operation)
    if act is not None:
        return act(books, account, object_id, params)
    base = operation.removeprefix("GET ").removesuffix("/{id}")
    if object_id:
        return books.one(account, object_id, LISTS[base])
    return _listed(books.all_of(account, LISTS[base]), base, params)


def _listed(rows: list[dict[str, Any]], path: str, params: dict[str, Any]) -> dict[str, Any]:
    wanted = {name: value for name, value in params.items() if name not in NO_FILTER}
    rows = [row for row in rows if all(_fits(row[name], value) for name, value in wanted.items())]
    if "created" in params:
        since, until = (int(params["created"].get(end, default)) for end, default in (("gte", 0), ("lt", 10**12)))
        rows = [row for row in rows if since <= row["created"] < until]
    if "starting_after" in params:
        ids = [row["id"] for row in rows]
        rows = rows[ids.index(params["starting_after"]) + 1 :]
    limit = int(params.get("limit", 10))
    return {"object": "list", "url": path, "has_more": len(rows) > limit, "data": rows[:limit]}


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return all(value.get(name) == each for name, each in wanted.items())
    return bool(_word(value) == wanted)


def _word(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _shown(account: Account, body: dict[str, Any], expand: list[str]) -> dict[str, Any]:
    """What leaves the house: without our own marks, with what was asked to be expanded."""
    shown = {name: value for name, value in body.items() if not name.startswith("_")}
    if shown["object"] == "list":
        inner = [name.removeprefix("data.") for name in expand]
        shown["data"] = [_shown(account, one, inner) for one in shown["data"]]
        return shown
    for name in expand:
        head, _dot, rest = name.partition(".")
        if isinstance(shown.get(head), str) and head in EXPANDS:
            shown[head] = _shown(account, account.objects[shown[head]], [rest] if rest else [])
    return shown
