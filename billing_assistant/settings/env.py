"""Every value that comes from outside, read once and typed.

Production has no default for a secret. On a developer's machine secrets are made once and kept in
`VAR_DIR/secrets.env`, so that sessions and sealed columns survive a restart.
"""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import environ
from environ.fileaware_mapping import FileAwareMapping

BASE_DIR = Path(__file__).resolve().parent.parent.parent
SECRET_NAMES = ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "DEMO_GATEWAY_SECRET")


@dataclass(frozen=True, slots=True)
class S3:
    """Where documents are kept when they are not kept on this machine's disk."""

    bucket: str
    endpoint_url: str
    region: str
    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class Env:
    debug: bool
    demo: bool
    secret_key: str
    allowed_hosts: list[str]
    public_base_url: str
    trusted_proxies: int
    var_dir: Path
    static_root: Path
    database_url: str
    database_pool_max: int
    redis_url: str
    email_url: str
    default_from_email: str
    field_encryption_keys: str
    demo_gateway_success_rate: Decimal
    demo_gateway_secret: str
    google_api_key: str
    gemini_model: str
    gemini_base_url: str
    vendor_base_urls: dict[str, str]
    fail_points: str
    billing_chunk: int
    billing_workers: int
    staff_mfa_required: bool
    cors_allowed_origins: list[str]
    api_throttles: dict[str, str]
    log_level: str
    metrics_token: str
    s3: S3 | None


def read_env(*, production: bool) -> Env:
    """Reads the environment; `production` takes away every default that is only safe on one machine."""
    env = environ.FileAwareEnv()
    var_dir = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
    if not production:
        env.ENVIRON = FileAwareMapping({**_local_secrets(var_dir), **os.environ})
    base_url = env.str("PUBLIC_BASE_URL", **_local("http://127.0.0.1:8000", production=production)).rstrip("/")
    return Env(
        debug=env.bool("DEBUG", default=False),
        demo=env.bool("DEMO", default=False),
        secret_key=env.str("SECRET_KEY"),
        allowed_hosts=env.list("ALLOWED_HOSTS", **_local(["127.0.0.1", "localhost", "[::1]"], production=production)),
        public_base_url=base_url,
        trusted_proxies=env.int("TRUSTED_PROXIES", default=1 if production else 0),
        var_dir=var_dir,
        static_root=Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))),
        database_url=env.str("DATABASE_URL", **_local("postgresql://app@127.0.0.1/app", production=production)),
        database_pool_max=env.int("DATABASE_POOL_MAX", default=0),
        redis_url=env.str("REDIS_URL", **_local("redis://127.0.0.1:6379/0", production=production)),
        email_url=env.str("EMAIL_URL", **_local("smtp://127.0.0.1:1025", production=production)),
        default_from_email=env.str(
            "DEFAULT_FROM_EMAIL", **_local("Billing <billing@billing.localhost>", production=production)
        ),
        field_encryption_keys=env.str("FIELD_ENCRYPTION_KEYS", default=""),
        demo_gateway_success_rate=Decimal(env.str("DEMO_GATEWAY_SUCCESS_RATE", default="1")),
        demo_gateway_secret=env.str("DEMO_GATEWAY_SECRET", default=""),
        google_api_key=env.str("GOOGLE_API_KEY", default=""),
        gemini_model=env.str("GEMINI_MODEL", default="gemini-3.5-flash"),
        gemini_base_url=env.str("GEMINI_BASE_URL", default=""),
        vendor_base_urls=env.dict("VENDOR_BASE_URLS", default={}),
        fail_points=env.str("FAIL_POINTS", default=""),
        billing_chunk=env.int("BILLING_CHUNK", default=500),
        billing_workers=env.int("BILLING_WORKERS", default=max(len(os.sched_getaffinity(0)) - 1, 1)),
        staff_mfa_required=env.bool("STAFF_MFA_REQUIRED", default=production),
        cors_allowed_origins=env.list("CORS_ALLOWED_ORIGINS", default=[]),
        api_throttles=env.dict("API_THROTTLES", default={}),
        log_level=env.str("LOG_LEVEL", default="INFO"),
        metrics_token=env.str("METRICS_TOKEN", default=""),
        s3=_s3(env),
    )


def _local(value: object, *, production: bool) -> dict[str, Any]:
    """A default for one machine; production has none, so the value must be given there."""
    return {} if production else {"default": value}


def _s3(env: environ.Env) -> S3 | None:
    bucket = env.str("S3_BUCKET", default="")
    if not bucket:
        return None
    return S3(
        bucket=bucket,
        endpoint_url=env.str("S3_ENDPOINT_URL", default=""),
        region=env.str("S3_REGION", default=""),
        access_key=env.str("S3_ACCESS_KEY", default=""),
        secret_key=env.str("S3_SECRET_KEY", default=""),
    )


def _local_secrets(var_dir: Path) -> dict[str, str]:
    """The secrets of this machine that the environment does not give, made on first use (mode 600)."""
    missing = [name for name in SECRET_NAMES if not os.environ.get(name)]
    if not missing:
        return {}
    path = var_dir / "secrets.env"
    if not path.exists():
        _make_secrets(path)
    kept = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return {name: kept[name] for name in missing if name in kept}


def _make_secrets(path: Path) -> None:
    field_key = base64.b64encode(secrets.token_bytes(32)).decode()
    lines = [
        f"SECRET_KEY={secrets.token_urlsafe(50)}",
        f"FIELD_ENCRYPTION_KEYS=k1:{field_key}",
        f"DEMO_GATEWAY_SECRET={secrets.token_urlsafe(32)}",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    try:
        os.link(draft, path)  # the first process wins; the others read what it wrote
    except FileExistsError:
        return
    finally:
        draft.unlink()
