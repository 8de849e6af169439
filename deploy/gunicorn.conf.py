"""gunicorn, for one machine and for production: processes for the cores, threads for the waiting."""

import gc
import os
from typing import Any

wsgi_app = "billing_assistant.wsgi:application"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
preload_app = True  # imported once; connections are only opened in the children
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 10_000
max_requests_jitter = 1_000
worker_tmp_dir = "/dev/shm"  # noqa: S108
control_socket_disable = True

gc.disable()  # what is imported stays: looking through it again and again is a fifth of the start


def on_starting(_server: Any) -> None:
    """Every address is imported once, before the children are made, instead of by each with its first request."""
    from django.urls import get_resolver  # noqa: PLC0415 - the settings are only loaded by now

    _ = get_resolver().url_patterns
    gc.freeze()
    gc.enable()
