"""The words of the Makefile."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def make(*words, cwd=BASE_DIR):
    return subprocess.run(["make", "--no-print-directory", *words], cwd=cwd, capture_output=True, text=True)


@pytest.mark.parametrize("word", ["install", "run", "test", "help"])
def test_help_lists(word):
    assert re.search(rf"^  make {word} +\S", make("help").stdout, re.MULTILINE)


def test_make_alone_is_help():
    assert make().stdout == make("help").stdout


def test_install_says_which_python_is_needed(tmp_path):
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(BASE_DIR / name, tmp_path)

    done = make("install", "PYTHON=python3.99", cwd=tmp_path)

    assert done.returncode != 0
    assert "Python 3.11 is needed: python3.99 is not on the PATH." in done.stderr


def test_manage_says_that_the_register_must_run(tmp_path):
    shutil.copy(BASE_DIR / "Makefile", tmp_path)

    done = make("manage", "DO=check", cwd=tmp_path)

    assert done.returncode != 0
    assert "Start the register first" in done.stderr


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_hashes_and_names_no_host(name):
    text = (BASE_DIR / name).read_text()
    packages = re.findall(r"^[a-z].*$", text, re.MULTILINE)

    assert packages
    assert all("==" in line for line in packages)
    assert len(re.findall(r"==\S+ .*\\\n    --hash=", text)) == len(packages)
    assert not re.search(r"https?:|file:|--index-url|--find-links", text)


def test_what_tests_need_holds_what_the_register_runs_on():
    pins = [
        set(re.findall(r"^(\S+==\S+)", (BASE_DIR / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]

    assert pins[0] < pins[1]
