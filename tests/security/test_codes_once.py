"""Two processes at the same moment, and after the shared cache is emptied: a code lets in once."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from requests_app.signin import totp

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

# A process of its own, as a second worker of the web server is one.
USE = """
import django, sys
django.setup()
from allauth.mfa.models import Authenticator
from requests_app.signin import totp
print("ready", flush=True)
code = sys.stdin.readline().strip()
factor = Authenticator.objects.get(pk=int(sys.argv[1]))
print("in" if totp.use_code(factor, code) else "out", flush=True)
"""


@pytest.mark.usefixtures("committed_db")
def test_of_four_processes_one_is_let_in(dispatcher):
    factor = totp.add_factor(dispatcher.pk, SECRET)
    connection.close()

    counter, answers = -1, []
    while counter != totp.current_counter():  # again, when the period of thirty seconds ended meanwhile
        processes = [start(factor.pk) for _ in range(4)]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        counter = totp.current_counter()
        typed = totp.code_at(SECRET, counter) + "\n"
        with ThreadPoolExecutor(4) as together:
            answers = list(together.map(answer_of, processes, [typed] * len(processes)))

    assert sorted(answers) == ["in", "out", "out", "out"]


@pytest.mark.usefixtures("committed_db")
def test_an_emptied_cache_gives_no_second_chance(dispatcher):
    factor = totp.add_factor(dispatcher.pk, SECRET)
    code = totp.code_at(SECRET, totp.current_counter())

    first = totp.use_code(factor, code)
    cache.clear()

    assert (first, totp.use_code(factor, code)) == (True, False)


def answer_of(process: "subprocess.Popen[str]", typed: str) -> str:
    return process.communicate(typed)[0].strip()


def start(factor_id: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", USE, str(factor_id)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "louisville_ice.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
