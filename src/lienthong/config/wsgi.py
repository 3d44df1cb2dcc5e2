"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from lienthong.monitoring.http_metrics import measured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.config.settings")
application = measured(get_wsgi_application())
