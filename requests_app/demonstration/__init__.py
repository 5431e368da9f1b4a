"""What only a demonstration may do: set the clock, and make requests that never happened.

That a database is a demonstration is written in it when it is made, and never changes. The requests
come about through the transitions alone, in the order of time; see `_programme`.
"""

from requests_app.demonstration._accounts import ACCOUNTS, PASSWORD, Account
from requests_app.demonstration._clock import clock
from requests_app.demonstration._making import CannotDemonstrate, is_whole, make

__all__ = ["ACCOUNTS", "PASSWORD", "Account", "CannotDemonstrate", "clock", "is_whole", "make"]
