"""The signer of the log: extends what it signed itself, asks witnesses, publishes tiles and checkpoint.

It trusts its own folder and nothing else. From the database it reads leaves, in a role that sees no content;
where they are not what they were when they were signed, it says what differs and signs nothing. It runs on
its own: `python -m requests_app.signer`, as a user of its own, best on a machine of its own.
"""

from requests_app.signer._acts import Places, adopt, cosign, new_key, rotate_key, sign, told
from requests_app.signer._schedule import TROUBLES, Serving, next_time, serve
from requests_app.signer._state import Refused

__all__ = [
    "TROUBLES",
    "Places",
    "Refused",
    "Serving",
    "adopt",
    "cosign",
    "new_key",
    "next_time",
    "rotate_key",
    "serve",
    "sign",
    "told",
]
