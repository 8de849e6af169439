"""Safaricom's side of M-Pesa, on a socket of this machine: one shared token, prompts on phones, late and lost answers.

Callbacks, confirmations and results wait in `outbox` until the test delivers them: late, twice, in another order or
never. It knows nothing of our code; requests are checked against `contracts/mpesa.json`.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric import padding

from billing_assistant.core import clock
from tests.fakes import signing
from tests.fakes.vendor_server import Answer, Asked, Delivery, VendorServer, broken_field, contract

SHORT_CODE: Final = "174379"
PASSKEY: Final = "passkey-of-the-simulator"
KEY: Final = "consumer-key"
SECRET: Final = "consumer-secret"
INITIATOR: Final = "apiop37"
INITIATOR_PASSWORD: Final = "Safaricom123!!"
REASONS: Final = {
    0: "The service request is processed successfully.",
    1: "The balance is insufficient for the transaction.",
    17: "Rule limited.",
    1001: "Unable to lock subscriber, a transaction is already in process for the current subscriber",
    1019: "Transaction expired. No MO has been received.",
    1032: "Request Cancelled by user.",
    1037: "DS timeout user cannot be reached.",
    2001: "The initiator information is invalid.",
}
PENDING: Final = {"errorCode": "500.001.1001", "errorMessage": "The transaction is being processed"}
HTML: Final = Answer(502, raw=b"<html><head><title>502 Bad Gateway</title></head></html>")


@dataclass
class Push:
    """A prompt on a phone. `result` is None until the payer, or time, has decided."""

    checkout_id: str
    merchant_id: str
    body: dict[str, Any]
    result: int | None = None
    receipt: str = ""


@dataclass
class Transaction:
    """Money that moved to a short code."""

    receipt: str
    amount: str
    short_code: str
    reference: str
    phone: str
    reversed: bool = False


class MpesaSimulator(VendorServer):
    """One app with one short code. Amounts come back as JSON floats, the way Safaricom sends them."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.pushes: dict[str, Push] = {}
        self.transactions: dict[str, Transaction] = {}
        self.registered: dict[str, str] = {}
        self.tokens: list[str] = []
        self.working, self.utility = "700000.00", "228037.00"
        self.newer = False
        self._numbers = count(1)
        self._contract = contract("mpesa")

    # What they serve.

    def handle(self, asked: Asked) -> Answer:
        if asked.path == "/oauth/v1/generate":
            return self._token(asked)
        if not self.tokens or asked.headers.get("Authorization") != f"Bearer {self.tokens[-1]}":
            return self._error(404, "404.001.03", "Invalid Access Token")
        rules = self._contract.get(asked.path)
        if rules is None:
            return self._error(404, "404.001.01", "Resource not found")
        body = asked.json()
        broken = broken_field(rules, body)
        if broken:
            return self._error(400, "400.002.02", f"Bad Request - Invalid {broken}")
        return self._serve(asked.path, body)

    def _serve(self, path: str, body: dict[str, Any]) -> Answer:
        if path.startswith("/pulltransactions/"):
            return self._pull(path)
        match path.split("/")[2]:
            case "stkpush":
                return self._push(body)
            case "stkpushquery":
                return self._push_query(body)
            case "c2b":
                self.registered = {"confirm": body["ConfirmationURL"], "validate": body["ValidationURL"]}
                return Answer(body={"OriginatorCoversationID": self._id("reg"), "ResponseCode": "0"})
            case "reversal":
                return self._reversal(body)
            case what:
                return self._balance(body) if what == "accountbalance" else self._status(body)

    def _token(self, asked: Asked) -> Answer:
        wanted = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if asked.headers.get("Authorization") != f"Basic {wanted}":
            return self._error(400, "400.008.01", "Invalid Authentication passed")
        if asked.query.get("grant_type") != "client_credentials":
            return self._error(400, "400.008.02", "Invalid grant type passed")
        self.tokens.append(f"token{next(self._numbers)}")
        return Answer(body={"access_token": self.tokens[-1], "expires_in": "3599"})

    def _push(self, body: dict[str, Any]) -> Answer:
        if body["Password"] != _password(body):
            return self._error(500, "500.001.1001", "Wrong credentials")
        push = Push(f"ws_CO_{self._id('')}", self._id("29115-"), body)
        self.pushes[push.checkout_id] = push
        return Answer(
            body={
                "MerchantRequestID": push.merchant_id,
                "CheckoutRequestID": push.checkout_id,
                "ResponseCode": "0",
                "ResponseDescription": "Success. Request accepted for processing",
                "CustomerMessage": "Success. Request accepted for processing",
            }
        )

    def _push_query(self, body: dict[str, Any]) -> Answer:
        if body["Password"] != _password(body):
            return self._error(500, "500.001.1001", "Wrong credentials")
        push = self.pushes.get(body["CheckoutRequestID"])
        if push is None:
            return self._error(400, "400.002.02", "Bad Request - Invalid CheckoutRequestID")
        if push.result is None:
            return Answer(500, {"requestId": self._id("q"), **PENDING}) if not self.newer else self._undecided(push)
        return Answer(
            body={
                "ResponseCode": "0",
                "ResponseDescription": "The service request has been accepted successsfully",
                "MerchantRequestID": push.merchant_id,
                "CheckoutRequestID": push.checkout_id,
                "ResultCode": str(push.result),
                "ResultDesc": REASONS.get(push.result, "Failed"),
            }
        )

    def _undecided(self, push: Push) -> Answer:
        """How newer versions tell that the payer has not decided: as if it were a result."""
        words = {"ResultCode": "4999", "ResultDesc": "The transaction is still under processing"}
        ids = {"MerchantRequestID": push.merchant_id, "CheckoutRequestID": push.checkout_id}
        return Answer(body={"ResponseCode": "0", **ids, **words})

    def _reversal(self, body: dict[str, Any]) -> Answer:
        code = "2001" if not _credential_fits(body["SecurityCredential"]) else self._reverse(body)
        return self._later(body, code, {"Amount": body["Amount"], "OriginalTransactionID": body["TransactionID"]})

    def _pull(self, path: str) -> Answer:
        if path.endswith("register"):
            return Answer(body={"ResponseRefID": self._id("p"), "ResponseStatus": "1000"})
        rows = [
            {
                "transactionId": paid.receipt,
                "trxDate": "2026-03-02T12:00:00Z",
                "msisdn": paid.phone,
                "sender": "MPESA",
                "transactiontype": "c2b-pay-bill-debit",
                "billreference": paid.reference,
                "amount": f"{paid.amount}.0",
                "organizationname": "Chromapages",
            }
            for paid in self.transactions.values()
        ]
        if not rows:
            return Answer(body={"ResponseRefID": self._id("p"), "ResponseCode": "1001", "ResponseMessage": "None"})
        return Answer(body={"ResponseRefID": self._id("p"), "ResponseCode": "1000", "Response": [rows]})

    def _reverse(self, body: dict[str, Any]) -> str:
        found = self.transactions.get(body["TransactionID"])
        if found is None:
            return "R000002"
        if found.reversed:
            return "R000001"
        found.reversed = True
        return "0"

    def _balance(self, body: dict[str, Any]) -> Answer:
        if not _credential_fits(body["SecurityCredential"]):
            return self._later(body, "2001", {})
        accounts = {"Working Account": self.working, "Utility Account": self.utility, "Charges Paid Account": "-40.00"}
        told = "&".join(f"{name}|KES|{amount}|{amount}|0.00|0.00" for name, amount in accounts.items())
        return self._later(body, "0", {"AccountBalance": told, "BOCompletedTime": "20260302003000"})

    def _status(self, body: dict[str, Any]) -> Answer:
        found = self.transactions.get(body.get("TransactionID", ""))
        if not _credential_fits(body["SecurityCredential"]):
            return self._later(body, "2001", {})
        if found is None or found.short_code != body["PartyA"]:
            return self._later(body, "R000002", {})
        facts = {
            "ReceiptNo": found.receipt,
            "Amount": f"{found.amount}.0",
            "TransactionStatus": "Reversed" if found.reversed else "Completed",
            "DebitPartyName": f"{found.phone} - JANE DOE",
            "CreditPartyName": f"{found.short_code} - CHROMAPAGES",
            "ReasonType": "Pay Bill Online",
        }
        return self._later(body, "0", facts)

    def _later(self, body: dict[str, Any], code: str, facts: dict[str, str]) -> Answer:
        """The answer only says that it was taken; the result goes to the ResultURL."""
        conversation, originator = self._id("AG_"), self._id("orig-")
        result = {
            "Result": {
                "ResultType": 0,
                "ResultCode": int(code) if code.isdigit() else code,
                "ResultDesc": "The service request is processed successfully." if code == "0" else "Refused",
                "OriginatorConversationID": originator,
                "ConversationID": conversation,
                "TransactionID": self._receipt(),
                "ResultParameters": {
                    "ResultParameter": [{"Key": key, "Value": _floated(value)} for key, value in facts.items()]
                },
                "ReferenceData": {"ReferenceItem": {"Key": "QueueTimeoutURL", "Value": body["QueueTimeOutURL"]}},
            }
        }
        self.outbox.append(Delivery(body["ResultURL"], _json(result)))
        return Answer(
            body={
                "OriginatorConversationID": originator,
                "ConversationID": conversation,
                "ResponseCode": "0",
                "ResponseDescription": "Accept the service request successfully.",
            }
        )

    # What happens on phones.

    def payer_decides(self, checkout_id: str, result: int = 0, *, tell: bool = True) -> Push:
        """The payer enters the PIN, cancels, has no money...; the callback waits in the outbox unless it is lost."""
        push = self.pushes[checkout_id]
        push.result = result
        if result == 0:
            push.receipt = self._receipt()
            body = push.body
            self.transactions[push.receipt] = Transaction(
                push.receipt, str(body["Amount"]), body["PartyB"], body["AccountReference"], body["PhoneNumber"]
            )
        if tell:
            self.outbox.append(self.callback(checkout_id))
        return push

    def callback(self, checkout_id: str, **lies: Any) -> Delivery:
        """The callback of a prompt as it stands; `lies` are items, or ids, that say something else."""
        push = self.pushes[checkout_id]
        inner: dict[str, Any] = {
            "MerchantRequestID": lies.pop("MerchantRequestID", push.merchant_id),
            "CheckoutRequestID": lies.pop("CheckoutRequestID", push.checkout_id),
            "ResultCode": lies.pop("ResultCode", push.result),
            "ResultDesc": REASONS.get(push.result or 0, "Failed"),
        }
        if inner["ResultCode"] == 0:
            facts = {
                "Amount": f"{push.body['Amount']}.0",
                "MpesaReceiptNumber": push.receipt or "FORGED0000",
                "TransactionDate": int(_now()),
                "PhoneNumber": int(push.body["PhoneNumber"]),
            } | lies
            items = [{"Name": name, "Value": _floated(value)} for name, value in facts.items()]
            inner["CallbackMetadata"] = {"Item": [{"Name": "Balance"}, *items]}
        return Delivery(push.body["CallBackURL"], _json({"Body": {"stkCallback": inner}}))

    def paybill_pays(self, reference: str, amount: str, *, phone: str = "254712345678", at: str = "") -> str:
        """Somebody pays from the phone's menu; validation and confirmation wait in the outbox. Returns the receipt."""
        receipt = self._receipt()
        self.transactions[receipt] = Transaction(receipt, amount, SHORT_CODE, reference, phone)
        self.outbox.append(self.c2b("validate", receipt, at=at))
        self.outbox.append(self.c2b("confirm", receipt, at=at))
        return receipt

    def c2b(self, which: str, receipt: str, *, at: str = "", **lies: Any) -> Delivery:
        """A validation or confirmation of a transaction."""
        paid = self.transactions[receipt]
        body = {
            "TransactionType": "Pay Bill",
            "TransID": receipt,
            "TransTime": at or _now(),
            "TransAmount": f"{paid.amount}.00",
            "BusinessShortCode": paid.short_code,
            "BillRefNumber": paid.reference[:20],
            "InvoiceNumber": "",
            "OrgAccountBalance": "",
            "ThirdPartyTransID": "",
            "MSISDN": f"{paid.phone[:4]} ***** {paid.phone[-3:]}",
            "FirstName": "JANE",
            "MiddleName": "",
            "LastName": "DOE",
        } | lies
        return Delivery(self.registered[which], _json(body))

    @property
    def last_push(self) -> Push:
        return list(self.pushes.values())[-1]

    def _receipt(self) -> str:
        return f"UCN{next(self._numbers):07d}"

    def _id(self, begin: str) -> str:
        return f"{begin}{next(self._numbers):010d}"

    def _error(self, status: int, code: str, text: str) -> Answer:
        return Answer(status, {"requestId": self._id("e"), "errorCode": code, "errorMessage": text})


def _now() -> str:
    """The moment as Safaricom writes it."""
    return clock.now().astimezone(ZoneInfo("Africa/Nairobi")).strftime("%Y%m%d%H%M%S")


def _json(body: Any) -> bytes:
    """With amounts as bare floats, the way they come."""
    return json.dumps(body).replace('"~', "").replace('~"', "").encode()


def _floated(value: Any) -> Any:
    text = str(value)
    whole, dot, _ = text.partition(".")
    return f"~{text}~" if dot and whole.isdigit() else value


def _password(body: dict[str, Any]) -> str:
    return base64.b64encode(f"{body['BusinessShortCode']}{PASSKEY}{body['Timestamp']}".encode()).decode()


def _credential_fits(sealed: str) -> bool:
    try:
        opened = signing.key("safaricom").decrypt(base64.b64decode(sealed), padding.PKCS1v15())
    except ValueError:
        return False
    return opened == INITIATOR_PASSWORD.encode()


def certificate() -> str:
    """Safaricom's public certificate of this environment, as PEM."""
    return signing.certificate("safaricom")
