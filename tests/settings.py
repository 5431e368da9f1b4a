"""The settings of the test run: the register's own, in an environment of fixed words.

The database is a clone that tests/conftest.py makes; its name and passwords are filled in there.
"""

import os

os.environ |= {
    "SECRET_KEY": "only-for-tests-and-worth-nothing-outside-of-them-0123456789",
    "FACTOR_KEYS": "b25seS1mb3ItdGVzdHMtYW5kLXdvcnRoLW5vdGhpbmc=",
    "DEBUG": "false",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "PLAIN_HTTP_ON_LOOPBACK": "true",
    # One connection per thread, closed by Django: a pool would hold on to a clone that is to be dropped.
    "DATABASE_POOL_SIZE": "0",
    "DATABASE_URL": "postgresql://register_app@/not_made_yet",
    # Playwright's event loop runs in the thread of the test, which Django takes for asynchronous code.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    # A mail that no test asked for must fail, not leave the machine.
    "EMAIL_URL": "smtp://127.0.0.1:1",
    # No log is published unless a test makes one: nothing can lie below this.
    "TLOG_DIR": "/dev/null/tlog",
    # Nor is a site.
    "PUBLIC_DIR": "/dev/null/public",
    # Tests ask quickly, all from one address.
    "PUBLIC_REQUESTS_PER_MINUTE": "1000000",
}
URLS_OF_OTHERS = ("OWNER", "LEDGER", "AUDITOR", "PUBLIC", "SUPERUSER")
SWITCHES = ("STATIC_COLLECTED", "BEHIND_HTTPS_PROXY", "TRUSTED_PROXY_COUNT", "OIDC_ISSUER")
for leftover in (*(f"DATABASE_{name}_URL" for name in URLS_OF_OTHERS), *SWITCHES):
    os.environ.pop(leftover, None)

from louisville_ice.settings import *  # noqa: E402, F403  the environment had to stand first

# The real hasher takes a third of a second for each sign-in, by design.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
