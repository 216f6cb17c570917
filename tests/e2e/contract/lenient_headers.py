"""Headers whose invalid values are ignored instead of rejected.

RFC 9110 requires this for `Accept-Language` (12.5.4) and `If-None-Match` (13.1.2); `Request-Id` works the same way. The
document gives them a maximum length only because a linter requires one for every string.
"""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis import HookContext

IGNORED_IF_UNREADABLE = ("AcceptLanguage", "IfNoneMatch", "RequestId")


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Declares every string as a valid value."""
    for name in IGNORED_IF_UNREADABLE:
        raw_schema["components"]["parameters"][name]["schema"] = {"type": "string"}
