"""What the engine alone costs: microseconds of a USSD step and of an SMS, as a ratio to bare menus in the same run.

    python -m bench.engine [--rounds 300]

The bare menus show the same screens out of a dictionary: no paging, no folding, no going back, no places, no
languages. The kinds take turns, so that whatever else the machine does meets all of them. There is no database.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from flows import engine
from flows.book import open_book
from flows.simulation import DictWorld, sample_tree
from flows.state import State

KEYS = ("3", "1", "5", "3", "3", "9", "2", "La pompe du quartier 3 est en panne depuis trois jours")
"""Water; down the ladder of places with a page turned; and what happened, in words. Then the question of consent."""

SMS = "KY12 pas d'eau depuis trois jours, la pompe est cassée"
SECOND_SMS = "suvi 000 000 0013"
SIZES = {"folded": engine.Limits(), "kept": engine.Limits(folds=False)}


@dataclass(frozen=True)
class BareMenu:
    """A screen, and the screen that each key leads to."""

    screen: str
    then: Mapping[str, str]


class BareMenus:
    """The least that a USSD service can be: a dictionary of screens, and one position kept as JSON."""

    def __init__(self, menus: Mapping[str, BareMenu]) -> None:
        self.menus = menus

    def press(self, kept: str, key: str) -> tuple[str, str]:
        """(what to keep, the screen)."""
        here = json.loads(kept)["at"]
        at = self.menus[here].then.get(key, here)
        return json.dumps({"at": at}), self.menus[at].screen


def walk_engine(limits: engine.Limits) -> tuple[list[str], list[float]]:
    """The screens of one complaint, and the seconds that each step took. The state is kept as JSON."""
    book, world = open_book(), DictWorld(sample_tree())
    screens, times = [], []
    kept = json.dumps(State("fr").to_json())
    for key in (None, *KEYS):
        started = time.perf_counter()
        known = State.from_json(json.loads(kept))
        if key is None:
            turn = engine.dial(book, known, [], world, limits)
        else:
            turn = engine.press(book, known, key, world, limits)
        kept = json.dumps(turn.state.to_json())
        times.append(time.perf_counter() - started)
        screens.append(turn.text)
    return screens, times


def make_bare(screens: Sequence[str]) -> BareMenus:
    """The screens one after the other, as the engine has shown them."""
    menus = {
        str(at): BareMenu(screen, {key: str(at + 1)})
        for at, (screen, key) in enumerate(zip(screens, KEYS, strict=False))
    }
    return BareMenus({**menus, str(len(KEYS)): BareMenu(screens[-1], {})})


def walk_bare(menus: BareMenus) -> list[float]:
    """The seconds that each step took."""
    times, kept = [], '{"at": "0"}'
    for key in KEYS:
        started = time.perf_counter()
        kept, _ = menus.press(kept, key)
        times.append(time.perf_counter() - started)
    return times


def hear(text: str) -> list[float]:
    """The seconds that an SMS took, from a phone without an open question."""
    book, world, kept = open_book(), DictWorld(sample_tree()), json.dumps(State("fr").to_json())
    started = time.perf_counter()
    turn = engine.hear(book, State.from_json(json.loads(kept)), text, world)
    json.dumps(turn.state.to_json())
    return [time.perf_counter() - started]


def measure(rounds: int) -> dict[str, list[float]]:
    """All times by kind, in seconds, after a tenth of the rounds to warm up."""
    menus = make_bare(walk_engine(SIZES["folded"])[0])
    kinds: dict[str, Callable[[], list[float]]] = {"bare menus": lambda: walk_bare(menus)}
    for name, limits in SIZES.items():
        kinds[f"USSD step, letters {name}"] = lambda limits=limits: walk_engine(limits)[1]  # type: ignore[misc]
    kinds |= {"SMS complaint": lambda: hear(SMS), "SMS keyword with a slip": lambda: hear(SECOND_SMS)}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(-rounds // 10, rounds):
        for name, take in kinds.items():
            took = take()
            times[name] += took if number >= 0 else []
    return times


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=300)
    times = measure(parser.parse_args().rounds)
    base = statistics.median(times["bare menus"])
    table = Table("kind", "median us", "p95 us", "ratio to bare menus")
    for name, seconds in times.items():
        median, high = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
        table.add_row(name, f"{median * 1e6:.1f}", f"{high * 1e6:.1f}", f"{median / base:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
