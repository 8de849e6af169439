"""The queue: at least once, never lost when a worker is killed, no business time kept in the broker."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

VISIBILITY_SECONDS = 900
TASK_SECONDS = 600  # below the visibility timeout, or a long task would be handed out twice

CELERY: dict[str, Any] = {
    "CELERY_BROKER_TRANSPORT_OPTIONS": {
        "visibility_timeout": VISIBILITY_SECONDS,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    },
    "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
    "CELERY_TASK_ACKS_LATE": True,
    "CELERY_TASK_REJECT_ON_WORKER_LOST": True,
    "CELERY_TASK_IGNORE_RESULT": True,
    "CELERY_TASK_TIME_LIMIT": TASK_SECONDS,
    "CELERY_TASK_SOFT_TIME_LIMIT": TASK_SECONDS - 30,
    "CELERY_TASK_SERIALIZER": "json",
    "CELERY_ACCEPT_CONTENT": ["json"],
    "CELERY_TASK_DEFAULT_QUEUE": "default",
    "CELERY_TASK_CREATE_MISSING_QUEUES": True,
    "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
    "CELERY_WORKER_MAX_TASKS_PER_CHILD": 500,
    "CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT": 5.0,
    "CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS": True,
    "CELERY_WORKER_HIJACK_ROOT_LOGGER": False,
    "CELERY_TIMEZONE": "UTC",
    "CELERY_ENABLE_UTC": True,
    "CELERY_BEAT_SCHEDULER": "django_celery_beat.schedulers:DatabaseScheduler",
    "CELERY_BEAT_MAX_LOOP_INTERVAL": 5,
}


def _every(seconds: int, task: str) -> dict[str, Any]:
    """A run that nobody took before the next one is due is dropped: the next one sweeps the same rows."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


CELERY["CELERY_BEAT_SCHEDULE"] = {
    "relay events": _every(5, "core.relay_events"),
    "sweep stale work": _every(60, "core.sweep"),
    "bill plans": _every(60, "invoices.bill_plans"),
    "sweep messages": _every(60, "reminders.sweep_messages"),
    "compare balances of providers": _every(24 * 60 * 60, "payments.compare_provider_balances"),
    "invoices of providers": _every(24 * 60 * 60, "payments.sweep_external_invoices"),
    "plans that providers collect": _every(24 * 60 * 60, "payments.sweep_collections"),
    "ask for balances that are told later": _every(10 * 60, "payments.order_balances"),
    "seal the books": _every(60 * 60, "payments.seal_books"),
    "check the books": {"task": "payments.check_books", "schedule": crontab(hour="0", minute="20")},
    "sweep statements": _every(60, "payments.sweep_statements"),
    "autopay": _every(60, "payments.autopay"),
    "fees of gateways": _every(60, "payments.ask_fees"),
    "refunds on their way": _every(60, "payments.ask_refunds"),
    "expire checkouts": _every(30, "payments.expire_checkouts"),
    "money whose announcement was lost": _every(30 * 60, "payments.sweep_incoming"),
    "sweep batches": _every(60, "invoices.sweep_batches"),
    "forget files of batches": _every(60 * 60, "invoices.forget_batch_files"),
    "sweep webhooks": _every(60, "integrations.sweep"),
    "customers who became overdue": _every(60 * 60, "payments.refresh_standings"),
    "payment plans that were not kept": _every(60 * 60, "payments.follow_plans"),
    "fold tallies": _every(60 * 60, "payments.fold_tallies"),
    "forget what is past its time": _every(24 * 60 * 60, "shell.apply_retention"),
    "prune what has expired": _every(24 * 60 * 60, "core.prune"),
}
