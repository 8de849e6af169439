"""Daraja's JSON, made and read. Amounts come as floats in the text and are read as Decimals."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.utils.translation import gettext as _

from billing_assistant.core import exact_json
from billing_assistant.core.errors import Rejected
from billing_assistant.core.money import Money
from integrations.mpesa.keys import MpesaKeys
from integrations.ports.payments import WebhookUnreadable

NAIROBI: Final = ZoneInfo("Africa/Nairobi")
LEAST: Final = 1
MOST: Final = 250_000
PHONE: Final = re.compile(r"254[17][0-9]{8}", re.ASCII)
REFERENCE_LENGTH: Final = 12
DESCRIPTION_LENGTH: Final = 13
_WORD: Final = re.compile(r"[\w./:+ -]{1,120}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PromptEnd:
    """How a prompt ended, as the callback tells it; receipt, amount and phone only when it was paid."""

    merchant_id: str
    checkout_id: str
    code: str
    receipt: str = ""
    amount: Decimal | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money at the Paybill, as a confirmation or a validation tells it."""

    receipt: str
    short_code: str
    amount: Decimal
    reference: str
    payer_name: str
    payer_phone: str
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class OrderEnd:
    """The result of a reversal or of a question about a transaction."""

    originator_id: str
    conversation_id: str
    code: str
    text: str
    facts: Mapping[str, str]


def shillings(money: Money) -> int:
    """Whole shillings between 1 and 250,000. Raises Rejected."""
    whole = int(money.amount)
    if money.currency != "KES" or money.amount != whole:
        raise Rejected("M-Pesa takes whole Kenyan shillings only.")
    if not LEAST <= whole <= MOST:
        raise Rejected("M-Pesa takes between 1 and 250,000 shillings at once.")
    return whole


def kes(amount: Decimal | int) -> Money:
    """Shillings as money."""
    return Money(Decimal(amount).quantize(Decimal("0.01")), "KES")


def password(keys: MpesaKeys, stamp: str) -> str:
    """The password of a moment: code, passkey and stamp in base64."""
    return base64.b64encode(f"{keys.short_code}{keys.passkey}{stamp}".encode()).decode()


def stamp_of(now: datetime) -> str:
    """A moment as Daraja writes it: YYYYMMDDHHmmss in Nairobi."""
    return now.astimezone(NAIROBI).strftime("%Y%m%d%H%M%S")


def moment_of(stamp: str, otherwise: datetime) -> datetime:
    """The moment of a stamp, in UTC; the given one when it cannot be read or lies in the future."""
    try:
        read = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=NAIROBI).astimezone(UTC)
    except ValueError:
        return otherwise
    return read if read <= otherwise + timedelta(minutes=5) else otherwise


def squeezed(reference: str) -> str:
    """An account reference in upper case without spaces, dashes and other signs."""
    return re.sub(r"[^A-Z0-9]", "", reference.upper())


def push_body(
    keys: MpesaKeys, *, amount: int, phone: str, reference: str, description: str, url: str, now: datetime
) -> dict[str, str]:
    """A prompt. Raises Rejected for a phone that M-Pesa cannot have."""
    if not PHONE.fullmatch(phone):
        raise Rejected("This is not the number of a phone with M-Pesa.")
    stamp = stamp_of(now)
    return {
        "BusinessShortCode": keys.short_code,
        "Password": password(keys, stamp),
        "Timestamp": stamp,
        "TransactionType": "CustomerBuyGoodsOnline" if keys.till else "CustomerPayBillOnline",
        "Amount": str(amount),
        "PartyA": phone,
        "PartyB": keys.payee,
        "PhoneNumber": phone,
        "CallBackURL": url,
        "AccountReference": reference,
        "TransactionDesc": _plain(description)[:DESCRIPTION_LENGTH].strip() or "Invoice",
    }


def push_query_body(keys: MpesaKeys, *, checkout_id: str, now: datetime) -> dict[str, str]:
    """The question how a prompt ended."""
    stamp = stamp_of(now)
    return {
        "BusinessShortCode": keys.short_code,
        "Password": password(keys, stamp),
        "Timestamp": stamp,
        "CheckoutRequestID": checkout_id,
    }


def reversal_body(keys: MpesaKeys, *, receipt: str, amount: int, url: str, reason: str) -> dict[str, str]:
    """Sends a transaction back; `RecieverIdentifierType` is their spelling."""
    return {
        "Initiator": keys.initiator,
        "SecurityCredential": security_credential(keys),
        "CommandID": "TransactionReversal",
        "TransactionID": receipt,
        "Amount": str(amount),
        "ReceiverParty": keys.payee,
        "RecieverIdentifierType": "11",
        "ResultURL": url,
        "QueueTimeOutURL": url,
        "Remarks": _plain(reason)[:100].strip() or "Refund",
    }


def status_body(keys: MpesaKeys, *, receipt: str, url: str) -> dict[str, str]:
    """The question what a transaction is."""
    return {
        "Initiator": keys.initiator,
        "SecurityCredential": security_credential(keys),
        "CommandID": "TransactionStatusQuery",
        "TransactionID": receipt,
        "PartyA": keys.payee,
        "IdentifierType": "4",
        "ResultURL": url,
        "QueueTimeOutURL": url,
        "Remarks": "Status",
        "Occasion": "",
    }


def balance_body(keys: MpesaKeys, *, url: str) -> dict[str, str]:
    """The question what is in the accounts of the short code."""
    return {
        "Initiator": keys.initiator,
        "SecurityCredential": security_credential(keys),
        "CommandID": "AccountBalance",
        "PartyA": keys.payee,
        "IdentifierType": "4",
        "ResultURL": url,
        "QueueTimeOutURL": url,
        "Remarks": "Balance",
    }


def security_credential(keys: MpesaKeys) -> str:
    """The initiator's password, for Safaricom alone: RSA with PKCS#1 v1.5 padding, as Daraja wants. Raises Rejected."""
    try:
        public = x509.load_pem_x509_certificate(keys.certificate.strip().encode()).public_key()
    except ValueError as error:
        raise Rejected("The certificate of M-Pesa cannot be read.") from error
    if not isinstance(public, rsa.RSAPublicKey):
        raise Rejected("The certificate of M-Pesa has no RSA key.")
    return base64.b64encode(public.encrypt(keys.initiator_password.encode(), padding.PKCS1v15())).decode()


def prompt_end(body: bytes) -> PromptEnd:
    """A callback about a prompt. Raises WebhookUnreadable."""
    told = _object(body)
    try:
        inner = told["Body"]["stkCallback"]
        items = (inner.get("CallbackMetadata") or {}).get("Item") or []
        facts = {item["Name"]: item.get("Value") for item in items}
        end = PromptEnd(
            _word(inner["MerchantRequestID"]), _word(inner["CheckoutRequestID"]), _code(inner["ResultCode"])
        )
        if end.code != "0":
            return end
        amount, phone = _amount(facts["Amount"]), _word(facts.get("PhoneNumber", "-"))
        return PromptEnd(end.merchant_id, end.checkout_id, end.code, _word(facts["MpesaReceiptNumber"]), amount, phone)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise WebhookUnreadable(_("The event cannot be read.")) from error


def arrival(body: bytes, *, now: datetime) -> Arrival:
    """A confirmation or validation. Raises WebhookUnreadable."""
    told = _object(body)
    try:
        names = (str(told.get(key) or "") for key in ("FirstName", "MiddleName", "LastName"))
        return Arrival(
            receipt=_word(told["TransID"]),
            short_code=_word(told["BusinessShortCode"]),
            amount=_amount(told["TransAmount"]),
            reference=str(told.get("BillRefNumber") or "")[:60],
            payer_name=" ".join(" ".join(names).split())[:120],
            payer_phone=str(told.get("MSISDN") or "")[:40],
            paid_at=moment_of(str(told.get("TransTime", "")), now),
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise WebhookUnreadable(_("The event cannot be read.")) from error


def order_end(body: bytes) -> OrderEnd:
    """The result of an order. Raises WebhookUnreadable."""
    told = _object(body)
    try:
        result = told["Result"]
        found = (result.get("ResultParameters") or {}).get("ResultParameter") or []
        found = found if isinstance(found, list) else [found]
        facts = {str(each["Key"]): str(each.get("Value", "")) for each in found}
        return OrderEnd(
            originator_id=_word(result["OriginatorConversationID"]),
            conversation_id=_word(result["ConversationID"]),
            code=_code(result["ResultCode"]),
            text=str(result.get("ResultDesc") or "")[:200],
            facts=facts,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WebhookUnreadable(_("The event cannot be read.")) from error


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = exact_json.loads(body)
    except ValueError as error:
        raise WebhookUnreadable(_("The event cannot be read.")) from error
    if not isinstance(told, dict):
        raise WebhookUnreadable(_("The event cannot be read."))
    return told


def _amount(value: Any) -> Decimal:
    amount = Decimal(str(value))
    cents = amount.quantize(Decimal("0.01"))
    if amount <= 0 or amount != cents:
        raise ValueError("not an amount")
    return cents


def _code(value: Any) -> str:
    if isinstance(value, int | str) and not isinstance(value, bool):
        return _word(value)
    raise ValueError("not a code")


def _word(value: Any) -> str:
    text = str(value)
    if not _WORD.fullmatch(text):
        raise ValueError("not a word")
    return text


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9 ./-]+", " ", text)
