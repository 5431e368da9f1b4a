"""How a case reads afterwards: the ledger as sentences, the revisions field by field. Nothing is written."""

from requests_app.timeline._words import correction_in_words, correction_label, in_words, label_of, local_time
from requests_app.timeline.revisions import Change, Revision, revisions_of
from requests_app.timeline.sentences import REFUSALS, SENTENCES, Entry, timeline_of

__all__ = [
    "REFUSALS",
    "SENTENCES",
    "Change",
    "Entry",
    "Revision",
    "correction_in_words",
    "correction_label",
    "in_words",
    "label_of",
    "local_time",
    "revisions_of",
    "timeline_of",
]
