"""One machine: what `./dev up` starts. The same code as production, on engines of its own."""

from .base import *  # noqa: F403
from .compose import settings_from
from .env import read_env

PRODUCTION = False

globals().update(settings_from(read_env(production=False)))
