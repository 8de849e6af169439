"""What speaks against taking a connection away: each app that begins something with one says so here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from integrations.models import GatewayConnection

Obstacle = Callable[[GatewayConnection], Iterable[str]]
_obstacles: list[Obstacle] = []


def register_obstacle(obstacle: Obstacle) -> None:
    """Adds a reader of what still hangs on a connection: sentences for people, none when nothing does."""
    if obstacle not in _obstacles:
        _obstacles.append(obstacle)


def obstacles_of(connection: GatewayConnection) -> list[str]:
    """Why a connection cannot be taken away now."""
    return [reason for obstacle in _obstacles for reason in obstacle(connection)]
