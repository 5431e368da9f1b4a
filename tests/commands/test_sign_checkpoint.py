"""`manage.py sign_checkpoint` and `manage.py witness`: the same programs, by another door."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from requests_app import signer as signer_module
from requests_app.merkle import VerifierKey
from tests import cluster, factories
from tests.signers import ORIGIN, SignerProcess

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def signer(tmp_path, committed_db, cluster_urls, dispatcher):
    one = SignerProcess(tmp_path, cluster.in_database(cluster_urls["signer"], committed_db))
    signer_module.new_key(one.state, ORIGIN)
    one.write_policy()
    factories.make_request(dispatcher)
    return one


def manage(*words, **environment):
    """As `make manage` runs it: no settings but those of the environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={"PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_it_signs_what_the_ledger_has(signer):
    done = manage("sign_checkpoint", **signer.words)

    assert done.stdout == "64 entries are signed and published, witnessed by nobody.\n"
    assert (done.returncode, signer.checkpoint().size) == (0, 64)
    assert signer.verify().startswith("YES")


def test_it_ends_with_the_status_of_the_signer(signer, superuser_connection):
    signer.sign()
    superuser_connection.execute("SET event_triggers = off")
    superuser_connection.execute("ALTER TABLE requests_app_ledgerposition DISABLE TRIGGER ALL")
    superuser_connection.execute("DELETE FROM requests_app_ledgerposition WHERE index > 9")

    done = manage("sign_checkpoint", **signer.words)

    assert done.returncode == 1
    assert "The log has 10 entries, and 64 were signed" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_says_what_is_missing_in_the_environment(signer):
    words = signer.words
    del words["LOG_POLICY"]

    done = manage("sign_checkpoint", **words)

    assert done.returncode == 2
    assert "--policy" in done.stderr


def test_a_witness_gets_its_key_without_a_database(tmp_path):
    done = manage("witness", "new-key", "--name", "w1", "--state", str(tmp_path / "w1"))

    assert VerifierKey.parse(done.stdout.strip()).name == "w1"
