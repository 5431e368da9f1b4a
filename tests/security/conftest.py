"""The ground of the attacks: everybody at once, and a register in which every table has something."""

from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.models import User
from tests.security.surface import Cast


@pytest.fixture
def cast(dispatcher, commander, second_commander, oversight, administrator, outsider) -> Cast:
    return Cast(dispatcher, commander, second_commander, oversight, administrator, outsider)


@pytest.fixture
def client_of(signed_in, cast) -> Callable[[str], Client]:
    """A client of one member of the cast by name; `visitor` is signed out."""

    def client(who: str) -> Client:
        user: User | None = cast[who]
        return Client() if user is None else signed_in(user)

    return client
