"""The front door for a WSGI server."""

from handlers.app import create_app

app = create_app()
