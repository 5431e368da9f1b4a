"""Evidence bundles: the record of one request or one quarter in a zip that anyone can check without us.

Everything in a bundle is as of the last checkpoint that the log published: entries that came later are not
in it, and while one that matters waits for its checkpoint there is no bundle. So two builds as of the same
checkpoint are the same bytes.

Restricted details never lie in a bundle: neither their rows, nor the private part of an entry that names the
digest of such a row, because a digest of so few words can be guessed.
"""

from requests_app.bundles._build import Subject, case_bundle, export, file_name, quarter_bundle, require_ready
from requests_app.bundles._log import NotYet
from requests_app.bundles._words import Opened

__all__ = [
    "NotYet",
    "Opened",
    "Subject",
    "case_bundle",
    "export",
    "file_name",
    "quarter_bundle",
    "require_ready",
]
