"""One machine: what `./dev up` starts. The same code as production, on engines of its own."""

from billing_assistant.settings.base import *
from billing_assistant.settings.compose import settings_from
from billing_assistant.settings.env import read_env

PRODUCTION = False

_VALUES = settings_from(read_env(production=False))
globals().update(_VALUES)

# Hashed names as in production; compressed copies are only worth their minute where there is a wire.
STORAGES = _VALUES["STORAGES"] | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
}
