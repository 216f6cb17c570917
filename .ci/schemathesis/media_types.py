"""What is no JSON is text, for the checks of answers against their schemas."""

from __future__ import annotations

import schemathesis
from schemathesis import DeserializationContext, Response


@schemathesis.deserializer("text/calendar", "text/csv")
def text(context: DeserializationContext, response: Response) -> str:
    """The body as the string that the document calls it."""
    return response.text
