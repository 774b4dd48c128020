"""The block that `./run` prints when everything works: where to go and how to log in."""

from pathlib import Path

from feedback_gateway.settings import Settings

LOGINS_FILE = "logins.txt"
SHOWN = ("focal_point", "manager", "administrator")


def welcome(settings: Settings) -> str:
    """The addresses, one sample log-in of each role, and how to stop."""
    base = settings.public_base_url
    lines = ["", "feedback_gateway is running", f"  console      {base}/"]
    if settings.simulator:
        lines.append(f"  simulator    {base}/console/simulator")
    lines += [*_logins(settings.home / LOGINS_FILE), "  stop         Ctrl-C", ""]
    return "\n".join(lines)


def _logins(path: Path) -> list[str]:
    """The first log-in of each role in the file that `feedback seed` has written; nothing when there is none."""
    if not path.exists():
        return []
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.count("\t") == 3]
    first = {role: (login, password, agency) for role, login, password, agency in reversed(rows)}
    shown = [(role, *first[role]) for role in SHOWN if role in first]
    width = max((len(login) for _, login, _, _ in shown), default=0)
    return [
        "",
        "  sample log-ins (role, login, password)",
        *(
            f"    {role.replace('_', ' '):<15}{login:<{width}}  {password}{f'   ({agency})' if agency else ''}"
            for role, login, password, agency in shown
        ),
        f"    the others stand in {path}",
        "",
    ]
