"""How a line of the log is written: UTC, and one line for one event, whatever stands in it."""

import logging
import time
from typing import Any

# Line ends of every kind, and the marks by which a terminal is steered.
_BREAKS = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))}
_BREAKS |= {0x2028: "\\u2028", 0x2029: "\\u2029"}


class LineFormatter(logging.Formatter):
    """What people sent is shown with its control characters spelled out, so that nobody forges a line.

    A traceback stands below its line, indented.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        return super().formatMessage(record).translate(_BREAKS)

    def formatException(self, ei: Any) -> str:  # noqa: N802  logging's name
        lines = super().formatException(ei).splitlines()
        return "\n".join(f"    {line.translate(_BREAKS)}" for line in lines)
