"""Settings from flags: a flag that is not given leaves the environment and the default alone."""

from __future__ import annotations

from verifier.logs import configure_logs
from verifier.settings import Settings


def settings_from(**flags: object) -> Settings:
    """The settings, with logs configured by them.

    Raises:
        pydantic.ValidationError: naming the setting that is wrong.
    """
    settings = Settings.model_validate({n: v for n, v in flags.items() if v is not None})
    configure_logs(settings.log_level, as_json=settings.log_json)
    return settings
