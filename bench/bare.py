"""The baseline: a bare Flask handler that parses the form and does one durable insert, on the same engine settings."""

import os

from flask import Flask, Response, request
from sqlalchemy import text

from feedback_gateway.engine import make_engine

engine = make_engine(os.environ["DATABASE_URL"])
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE IF NOT EXISTS bare (id VARCHAR(80) PRIMARY KEY, body TEXT)"))

app = Flask(__name__)


@app.post("/insert")
def insert() -> Response:
    """Stores the posted text under its id and answers like a USSD menu."""
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO bare (id, body) VALUES (:id, :body) ON CONFLICT DO NOTHING"),
            {"id": request.form["id"], "body": request.form["text"]},
        )
    return Response("CON ok", content_type="text/plain; charset=utf-8")
