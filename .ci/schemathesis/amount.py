"""How much is tried: the short profile leaves some of it out."""

from __future__ import annotations

import os
import random
from typing import Any

import schemathesis
from schemathesis import BaseSchema, HookContext

LONG = os.environ["PROFILE"] == "long"

# Headers that every operation takes alike, and one piece of code reads. They would make up half of all requests.
SHARED = {f"#/components/parameters/{name}" for name in ("AcceptLanguage", "CausedBy", "IdempotencyKey", "RequestId")}
# The share of the operations that are tried with them; others in each run.
SHARE = 1.0 if LONG else 0.1
# Walks along the links between operations.
WALKS = 400 if LONG else 60


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Leaves the shared headers to some of the operations."""
    draw = random.Random(os.environ["SEED"])
    for item in raw_schema["paths"].values():
        for operation in item.values():
            if draw.random() >= SHARE:
                parameters = operation.get("parameters", [])
                parameters[:] = [parameter for parameter in parameters if parameter.get("$ref") not in SHARED]


@schemathesis.hook
def after_load_schema(context: HookContext, schema: BaseSchema) -> None:
    """The option --max-examples is for each operation; a walk goes through many."""
    schema.config.phases.stateful.generation.max_examples = WALKS
