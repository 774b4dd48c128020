"""/health: the process lives. /ready: the house works: database, queue and dispatcher; the JSON says which does not."""

from flask import Blueprint, Response, jsonify

from feedback_gateway import doctor

health = Blueprint("health", __name__)


@health.get("/health")
def alive() -> Response:
    """200 while the process lives."""
    return jsonify(status="ok")


@health.get("/ready")
def ready() -> tuple[Response, int]:
    """200 when all that a complaint needs works, else 503. No detail that a stranger could use."""
    checks = {check.name: check.ok for check in doctor.readiness()}
    everything = all(checks.values())
    return jsonify(status="ready" if everything else "not ready", checks=checks), 200 if everything else 503
