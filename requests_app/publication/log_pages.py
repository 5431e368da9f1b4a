"""The sealed log for everybody, and the page on which a browser checks a receipt. Neither knows a clock."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from requests_app import merkle
from requests_app.publication._address import HtmlPage
from requests_app.publication._publication import Publication
from requests_app.publication.receipt_words import RECEIPT_WORDS
from requests_app.published_log import PublishedLog

# Said by `published_log`; any other problem is what the verifier found, in its own words.
PROBLEMS = (_("The log has not been signed yet."), _("The log cannot be read at the moment."))
QUORUM = re.compile(r"(\d+) of (\d+)")


def pages(publication: Publication) -> Iterator[HtmlPage]:
    yield HtmlPage("log/", "publication/texts/log.html", lambda: _log(publication))
    yield HtmlPage("receipt/", "publication/texts/receipt.html", lambda: _receipt(publication))


def _log(publication: Publication) -> dict[str, Any]:
    log = publication.log
    problem = log.problem in PROBLEMS
    return {
        "log": log,
        "problem": gettext(log.problem) if problem else "",
        "problem_in_english": "" if problem else log.problem,
        "size": f"{log.size:,}",
        "required": _required(log),
        "verifier_digest": hashlib.sha256(Path(merkle.__file__).read_bytes()).hexdigest(),
    }


def _receipt(publication: Publication) -> dict[str, Any]:
    words = [(name, gettext(sentence)) for name, sentence in RECEIPT_WORDS.items()]
    return {"log": publication.log, "words": words}


def _required(log: PublishedLog) -> str:
    """How many witnesses must sign; empty when none must."""
    if log.witnessed is None or log.witnessed.required == "none":
        return ""
    return QUORUM.sub(
        lambda found: gettext("%(some)s of %(all)s") % {"some": found[1], "all": found[2]},
        log.witnessed.required,
    )
