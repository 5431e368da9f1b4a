"""The door for application servers: gunicorn loads `application`. It ends a process that would be unsafe."""

import os

from django.core.wsgi import get_wsgi_application

from louisville_ice.startup import loopback_only, refuse_what_is_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "louisville_ice.settings")

refuse_what_is_unsafe()
application = loopback_only(get_wsgi_application())
