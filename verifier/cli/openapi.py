"""`verifier openapi`: the OpenAPI document."""

from __future__ import annotations

import json
import sys

from verifier.api import create_app
from verifier.settings import Settings


def openapi() -> None:
    """Print the OpenAPI document of this version as sorted JSON; needs no server."""
    sys.stdout.write(document())


def document() -> str:
    """The OpenAPI document as text; the same whatever the environment sets."""
    # No request is served, so the queue need not be there.
    app = create_app(Settings.model_construct(), "redis://127.0.0.1:1")
    return json.dumps(app.openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
