"""A model's report as text for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any


def render(report: Mapping[str, Any]) -> str:
    """The report as tables: one a set, and what was kept back of the sensitive and of the harmless."""
    lines = [line for part in report["sets"] for line in _render_set(part)]
    if sensitive := report.get("sensitive"):
        lines += ["", f"sensitive texts kept back, and harmless ones that are (from {sensitive['threshold']:.3f} on)"]
        for row in ({"code": "all", **sensitive}, *sensitive["languages"]):
            kept = f"{row['recall']:7.3f} of {row['count']:<5}"
            lines.append(f"  {row['code']:6} {kept} {row['flagged']:7.3f} of {row['harmless']}")
    return "\n".join(lines)


def _render_set(part: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"{part['name']}: {part['size']} texts"
    error = f"calibration error {part['calibration_error']:.3f}"
    yield f"  macro F1 {part['macro_f1']:.3f}   right {part['accuracy']:.3f}   {error}"
    since = f" (from {part['coverage_threshold']:.3f} on)" if part["coverage_threshold"] is not None else ""
    yield f"  at {part['coverage_wanted']:.0%} right, {part['coverage']:.3f} go on by themselves{since}"
    yield f"  {'label':16} {'precision':>9} {'recall':>7} {'F1':>6} {'count':>6} {'guessed':>8}"
    for row in part["categories"]:
        shares = f"{row['precision']:9.3f} {row['recall']:7.3f} {row['f1']:6.3f}"
        yield f"  {row['code']:16} {shares} {row['count']:6} {row['guessed']:8}"
    if part["languages"]:
        yield f"  {'language':16} {'right':>9} {'F1':>7} {'count':>6}"
    for row in part["languages"]:
        yield f"  {row['code']:16} {row['accuracy']:9.3f} {row['macro_f1']:7.3f} {row['count']:6}"
    yield f"  {'stated':>16} {'was right':>9} {'count':>6}"
    for row in part["reliability"]:
        yield f"  {row['confidence']:16.2f} {row['right']:9.3f} {row['count']:6}"
    if part["confusion"]:
        worst = (f"{row['label']}>{row['guess']} {row['count']}" for row in part["confusion"][:12])
        yield f"  taken for another: {', '.join(worst)}"
