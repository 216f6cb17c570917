"""Loaded by Schemathesis: what is checked beyond the document, and which refusals of right requests are due."""

# The order matters: `demo_data` changes a request before `authorisation` sends it for somebody else.
import demo_data
import ignored
import amount
import authorisation
import media_types
import reach
import refusals

__all__ = ["amount", "authorisation", "demo_data", "ignored", "media_types", "reach", "refusals"]
