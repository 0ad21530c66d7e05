"""The WSGI application of the web processes."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from quantriet.core.settling import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quantriet.web.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - loads every page, so that the first visitors do not wait for it
settle()
