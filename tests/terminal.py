"""A person at a real terminal, on which a command of manage.py runs with the real settings."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

from django.contrib.auth.hashers import Argon2PasswordHasher

from requests_app.models import User
from tests import factories

ROOT = Path(__file__).parents[1]
PASSWORD = "seven quiet herons wade"
SECONDS = 60


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "louisville_ice.settings", **more}


class Terminal:
    """Waits for words on the screen, types an answer."""

    def __init__(self, *words: str, **variables: str) -> None:
        self.screen, self.seen = "", 0
        self.own, other = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment(**variables),
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
        )
        os.close(other)

    def answer(self, question: str, *, typed: str) -> None:
        deadline = time.monotonic() + SECONDS
        while question not in self.screen[self.seen :]:
            assert time.monotonic() < deadline, self.screen
            assert self._read(), self.screen
        self.seen = len(self.screen)
        time.sleep(0.2)  # the question is shown a moment before the terminal stops showing what is typed
        os.write(self.own, f"{typed}\n".encode())

    def prove(self, badge_number: str, password: str = PASSWORD) -> None:
        self.answer("badge number:", typed=badge_number)
        self.answer("Password:", typed=password)

    def end(self) -> int:
        while self._read():
            pass
        os.close(self.own)
        return self.process.wait(SECONDS)

    def _read(self) -> bool:
        """False at the end: a terminal that nobody writes to any more fails to be read."""
        ready, _, _ = select.select([self.own], [], [], SECONDS)
        assert ready, self.screen
        try:
            said = os.read(self.own, 4096).decode()
        except OSError:
            return False
        self.screen += said
        return bool(said)


def use_the_real_hasher(*people: User) -> None:
    hasher = Argon2PasswordHasher()
    for person in people:
        person.password = hasher.encode(PASSWORD, hasher.salt())
        factories.save_as(User.objects.system(), person)
