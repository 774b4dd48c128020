"""The fakes as processes of their own: tests that kill things read what was sent from the log."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_gateway.channels.contract import Channel
from tests.feedback_gateway.channels.wire import MESSAGE, africastalking, twilio

ROOT = Path(__file__).parents[2]


@pytest.mark.processes
@pytest.mark.parametrize(
    ("name", "build", "to", "text"),
    [("africastalking", africastalking, "to", "message"), ("twilio", twilio, "To", "Body")],
)
def test_each_accepted_send_is_one_line(
    tmp_path: Path, name: str, build: Callable[[str], Channel], to: str, text: str
) -> None:
    log = tmp_path / "sent.jsonl"
    command = [sys.executable, "-m", f"tests.fakes.{name}", "--log", str(log)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            ids = [build(url).send(MESSAGE).provider_id for _ in range(2)]
        finally:
            process.kill()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["id"] for line in lines] == ids
    assert {(line[to], line[text]) for line in lines} == {(MESSAGE.to, MESSAGE.text)}
