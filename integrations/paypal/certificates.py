"""Proof that PayPal sent an event: its signature, checked here with the certificate that it names.

The address of the certificate comes with the event, so it is believed only at PayPal's own hosts, over TLS and without
redirects. The webhook's id is ours and never taken from the request.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from django.core.cache import cache
from django.utils.translation import gettext as _

from billing_assistant.core.errors import ProviderError
from billing_assistant.core.http import Client
from billing_assistant.core.ssrf import AddressRefused
from integrations.ports.payments import WebhookNotConfigured, WebhookRefused

OLDEST: Final = timedelta(days=3)
AHEAD: Final = timedelta(minutes=5)
KEPT: Final = 6 * 60 * 60
MOST_BYTES: Final = 64 * 1024
ALGORITHM: Final = "SHA256withRSA"
DOMAIN: Final = ".paypal.com"


def verify(*, headers: Mapping[str, str], body: bytes, webhook_id: str, api: str, now: datetime) -> None:
    """Returns when PayPal signed exactly this body for our webhook in the last three days.

    `api` is where we call PayPal. Raises WebhookNotConfigured without a webhook id, WebhookRefused, Unavailable.
    """
    if not webhook_id:
        raise WebhookNotConfigured(_("No webhook id is set, so no event can be believed."))
    told = {name: headers.get(f"PayPal-{name}", "") for name in _HEADERS}
    if told["Auth-Algo"] != ALGORITHM or not all(told.values()):
        raise WebhookRefused(_("The signature is missing or cannot be read."))
    _check_time(told["Transmission-Time"], now)
    key = _key_at(told["Cert-Url"], api, now)
    text = signed_text(told["Transmission-Id"], told["Transmission-Time"], webhook_id, body)
    try:
        signature = base64.b64decode(told["Transmission-Sig"], validate=True)
        key.verify(signature, text.encode(), padding.PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise WebhookRefused(_("The signature does not fit the body.")) from error


def signed_text(transmission_id: str, sent_at: str, webhook_id: str, body: bytes) -> str:
    """What PayPal signs: ids, time and the CRC32 of the raw body as a decimal number."""
    return f"{transmission_id}|{sent_at}|{webhook_id}|{zlib.crc32(body)}"


def is_paypals(url: str, api: str) -> bool:
    """Whether a certificate may be fetched there: PayPal's hosts over https, or the very place that `api` names."""
    try:
        parts, own = urlsplit(url), urlsplit(api)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or "\\" in url or not host.isascii():
        return False
    if not own.netloc.endswith(DOMAIN) and (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return True
    return parts.scheme == "https" and port in {None, 443} and host.endswith(DOMAIN)


_HEADERS: Final = ("Transmission-Id", "Transmission-Time", "Transmission-Sig", "Cert-Url", "Auth-Algo")


def _check_time(text: str, now: datetime) -> None:
    try:
        sent_at = datetime.fromisoformat(text)
    except ValueError as error:
        raise WebhookRefused(_("The signature is missing or cannot be read.")) from error
    if sent_at.tzinfo is None or not now - OLDEST <= sent_at <= now + AHEAD:
        raise WebhookRefused(_("The signature is too old or from the future."))


def _key_at(url: str, api: str, now: datetime) -> rsa.RSAPublicKey:
    if not is_paypals(url, api):
        raise WebhookRefused(_("The certificate is not PayPal's."))
    try:
        certificate = x509.load_pem_x509_certificate(_pem(url))
    except ValueError as error:
        raise WebhookRefused(_("The certificate is not PayPal's.")) from error
    key = certificate.public_key()
    valid = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    if not valid or not isinstance(key, rsa.RSAPublicKey):
        raise WebhookRefused(_("The certificate is not PayPal's."))
    return key


def _pem(url: str) -> bytes:
    name = f"paypal-certificate-{hashlib.sha256(url.encode()).hexdigest()[:32]}"
    kept = cache.get(name)
    if isinstance(kept, bytes):
        return kept
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    try:
        client = Client(
            f"{parts.scheme}://{parts.netloc}", vendor="paypal", timeout=5.0, retries=1, max_bytes=MOST_BYTES
        )
        try:
            pem = client.get(path).content
        finally:
            client.close()
    except (ProviderError, AddressRefused) as error:
        raise WebhookRefused(_("The certificate of PayPal cannot be fetched.")) from error
    cache.set(name, pem, KEPT)
    return pem
