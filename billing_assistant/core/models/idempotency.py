"""Answers kept under an Idempotency-Key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing_assistant.core.models.base import Entity


class IdempotencyRecord(Entity):
    """One write of one actor under one key: started, or done with the answer to repeat."""

    actor_ref = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    body_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=10, default="started")
    response_status = models.PositiveSmallIntegerField(null=True, blank=True)
    response_body = models.JSONField(null=True, blank=True)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["actor_ref", "key"], name="one_effect_per_idempotency_key")
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_by_age")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
