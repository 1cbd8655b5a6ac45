"""Every operation does what the OpenAPI document says, whatever it is sent.

VERIFIER_SCHEMA_EXAMPLES sets how much is tried; `python bench/schema.py` tries a thousand times.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import use_after_free

from tests.conftest import API_KEY
from verifier.cli.openapi import document

if TYPE_CHECKING:
    from schemathesis.schemas import BaseSchema

    from verifier.bench.served import Served

EXAMPLES = int(os.environ.get("VERIFIER_SCHEMA_EXAMPLES", "30"))
CONFIG = Path(__file__).parent / "schemathesis.toml"


def _schema() -> BaseSchema:
    """The document as the service serves it, which test_openapi proves."""
    config = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    config["auth"]["openapi"]["HTTPBearer"]["bearer"] = API_KEY
    return schemathesis.openapi.from_dict(
        json.loads(document()), config=schemathesis.Config.from_dict(config)
    )


schema = _schema()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_does_what_its_document_says(
    case: schemathesis.Case[Any], service: Served
) -> None:
    case.call_and_validate(base_url=service.url, excluded_checks=[use_after_free])
