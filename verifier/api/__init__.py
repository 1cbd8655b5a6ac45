"""The HTTP API: `create_app` and one file per resource."""

from verifier.api.app import create_app

__all__ = ["create_app"]
