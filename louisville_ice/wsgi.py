"""The door for application servers: gunicorn loads `application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "louisville_ice.settings")

application = get_wsgi_application()
