"""`feedback run`: one process that starts everything, keeps it running, and stops it again."""

from feedback_gateway.supervisor.startup import run
from feedback_gateway.supervisor.web import serve

__all__ = ["run", "serve"]
