"""The command `feedback`: every part of the house, started or asked by hand."""

from feedback_gateway.cli import flows, house, languages, model, people, phones, posters, routes  # noqa: F401  (each adds its commands)
from feedback_gateway.cli.base import main

__all__ = ["main"]
