"""The register's own settings for HTTPS, and one page more, which is broken on purpose."""

from louisville_ice.settings import *  # noqa: F403

ROOT_URLCONF = "tests.security.production_urls"
