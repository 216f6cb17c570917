"""Decodes non-JSON responses as text, so that they can be checked against their schemas."""

from __future__ import annotations

import schemathesis
from schemathesis import DeserializationContext, Response


@schemathesis.deserializer("text/calendar", "text/csv")
def text(context: DeserializationContext, response: Response) -> str:
    """Returns the body as a string."""
    return response.text
