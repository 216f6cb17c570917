"""Loaded by Schemathesis: additional checks, and the rejections of valid requests that are expected."""

# The order matters: `demo_data` must change a request before `authorisation` sends a copy.
import demo_data
import lenient_headers
import sampling
import authorisation
import media_types
import success
import rejections

__all__ = ["authorisation", "demo_data", "lenient_headers", "media_types", "rejections", "sampling", "success"]
