"""The product behind a server that speaks ASGI, to compare servers: `script/bench pages --web …`."""

from __future__ import annotations

from django.core.asgi import get_asgi_application

application = get_asgi_application()
