"""Limits the number of requests in the short profile."""

from __future__ import annotations

import os
import random
from typing import Any

import schemathesis
from schemathesis import BaseSchema, HookContext

LONG = os.environ["PROFILE"] == "long"

# Headers that all operations share and one piece of code reads. Testing them everywhere would double the requests.
SHARED = {f"#/components/parameters/{name}" for name in ("AcceptLanguage", "CausedBy", "IdempotencyKey", "RequestId")}
# The share of operations that are tested with these headers; each run selects different ones.
SHARE = 1.0 if LONG else 0.1
# Number of sequences of linked operations.
SEQUENCES = 400 if LONG else 60


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Removes the shared headers from most operations."""
    draw = random.Random(os.environ["SEED"])
    for item in raw_schema["paths"].values():
        for operation in item.values():
            if draw.random() >= SHARE:
                parameters = operation.get("parameters", [])
                parameters[:] = [parameter for parameter in parameters if parameter.get("$ref") not in SHARED]


@schemathesis.hook
def after_load_schema(context: HookContext, schema: BaseSchema) -> None:
    """Sets the number of sequences, because --max-examples counts per operation."""
    schema.config.phases.stateful.generation.max_examples = SEQUENCES
