"""The letters that are shipped are those whose origin is written down."""

import hashlib
import re
from pathlib import Path

from feedback_gateway.posters import sheet

FOLDER = Path(sheet.__file__).parent / "fonts"


def test_the_files_are_those_of_the_note() -> None:
    note = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    noted = dict(re.findall(r"^\| (NotoSans-\w+\.ttf) \| ([0-9a-f]{64}) \|$", note, re.MULTILINE))
    shipped = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.ttf")}
    assert shipped == noted
    assert len(shipped) == 2


def test_the_licence_is_with_them() -> None:
    licence = (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Copyright 2022 The Noto Project Authors" in licence
