"""What understanding a message costs, as a ratio to stock parts in the same run, in processor time.

    python -m bench.understanding [--texts 400] [--documents 10000]

Each text is read by all kinds in turn, so that whatever else the machine does meets all of them: langdetect as it comes
(seed 0), plain scikit-learn (TF-IDF of words and pairs, logistic regression) saying what one text is about, our
telling of the language, and our whole reading with the model that is shipped. Then making a model of so many labelled
messages, ours beside the plain one, and the memory of a fresh process that reads.

Texts are the written examples that the model was made from: this measures what it costs and never how good it is. The
labelled messages are made up: the first half of one example glued to the second half of another of its category.
"""

import argparse
import contextlib
import random
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

import langdetect
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from feedback_gateway import classify
from feedback_gateway.classify.model.making import make
from feedback_gateway.classify.model.measuring import measure
from feedback_gateway.classify.model.seeds import is_sensitive, read_examples, seed_documents
from feedback_gateway.classify.model.seeing import see_text
from feedback_gateway.classify.model.training import Document

Labelled = tuple[str, str, str]
"""(language, category, text), as read_examples has them."""

# In a process of its own, so that nothing of this bench is counted. Linux: /proc says what is resident, and the peak.
MEMORY = """
import sys
def show(name):
    kept = dict(line.split(":", 1) for line in open("/proc/self/status") if line.startswith(("VmRSS", "VmHWM")))
    print(name, kept["VmRSS"].split()[0], kept["VmHWM"].split()[0], sep="\\t")
show("bare Python")
from feedback_gateway import classify
classify.warm_up()
show("after warm_up()")
for text in sys.stdin.read().splitlines():
    classify.read(text)
show("after reading")
"""


def take_examples(count: int) -> list[Labelled]:
    """So many of the written examples, spread over all of them."""
    examples = list(read_examples())
    return examples[:: max(1, len(examples) // count)][:count]


def glue_halves(count: int) -> list[Labelled]:
    """So many different messages, each of two examples of one category and language; the same ones every time."""
    chance = random.Random(1)
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for language, code, text in read_examples():
        groups[language, code].append(text)
    keys = sorted(groups)
    made: dict[str, Labelled] = {}
    while len(made) < count:
        language, code = chance.choice(keys)
        first, second = (text.split() for text in chance.sample(groups[language, code], 2))
        text = " ".join([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]])
        made[text] = (language, code, text)
    return list(made.values())


def spend(do: Callable[[], object]) -> float:
    """Seconds of processor time."""
    started = time.process_time()
    do()
    return time.process_time() - started


def detect_stock(text: str) -> None:
    with contextlib.suppress(langdetect.LangDetectException):  # a text without a letter that it knows
        langdetect.detect(text)


def measure_reading(texts: Sequence[str], plain: Pipeline) -> dict[str, list[float]]:
    """Seconds of each text by kind, after a tenth of the texts to warm up."""
    langdetect.DetectorFactory.seed = 0
    classify.warm_up()
    kinds: dict[str, Callable[[str], object]] = {
        "stock langdetect": detect_stock,
        "plain TF-IDF + linear": lambda text: plain.predict([text]),
        "our language": classify.detect_language,
        "our whole reading": classify.read,
    }
    spent: dict[str, list[float]] = {name: [] for name in kinds}
    for at, text in enumerate([*texts[: len(texts) // 10], *texts], -(len(texts) // 10)):
        for name, do in kinds.items():
            seconds = spend(lambda do=do, text=text: do(text))  # type: ignore[misc]
            spent[name] += [seconds] if at >= 0 else []
    return spent


def measure_making(labelled: Sequence[Labelled]) -> tuple[Pipeline, dict[str, float]]:
    """(the plain model, seconds by step): the plain model, and ours from the seeds and these labelled messages."""
    texts, codes = [text for _, _, text in labelled], [code for _, code, _ in labelled]
    plain = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=200))
    spent = {"plain TF-IDF + linear": spend(lambda: plain.fit(texts, codes))}
    documents: list[Document] = []
    spent["ours: seeds read and spelled out"] = spend(lambda: documents.extend(seed_documents()))
    spent["ours: messages read"] = spend(
        lambda: documents.extend(
            Document(see_text(text, language), code, is_sensitive(code)) for language, code, text in labelled
        )
    )
    made = []
    spent["ours: model, calibration, thresholds"] = spend(lambda: made.append(make(documents)))
    spent["ours: measured on the shipped sets"] = spend(lambda: measure(made[0]))
    spent["ours, all of it"] = sum(seconds for name, seconds in spent.items() if name.startswith("ours"))
    return plain, spent


def measure_memory(texts: Sequence[str]) -> list[tuple[str, float, float]]:
    """(after what, megabytes resident, the peak until then) of a fresh process."""
    lines = "\n".join(" ".join(text.split()) for text in texts)
    done = subprocess.run([sys.executable, "-c", MEMORY], input=lines, capture_output=True, text=True, check=True)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return [(name, int(now) / 1024, int(peak) / 1024) for name, now, peak in rows]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=400)
    parser.add_argument("--documents", type=int, default=10_000)
    asked = parser.parse_args()
    texts, console = [text for _, _, text in take_examples(asked.texts)], Console()

    plain, making = measure_making(glue_halves(asked.documents))
    reading = measure_reading(texts, plain)
    stock = statistics.median(reading["stock langdetect"])
    linear = statistics.median(reading["plain TF-IDF + linear"])
    table = Table("one message", "median ms", "p95 ms", "to stock langdetect", "to plain TF-IDF", title="Reading")
    for name, seconds in reading.items():
        median, high = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
        ratios = f"{median / stock:.2f}", f"{median / linear:.2f}"
        table.add_row(name, f"{median * 1e3:.2f}", f"{high * 1e3:.2f}", *ratios)
    console.print(table)

    table = Table("step", "seconds", "to plain TF-IDF", title=f"Making a model of {asked.documents} labelled messages")
    for name, spent in making.items():
        table.add_row(name, f"{spent:.1f}", f"{spent / making['plain TF-IDF + linear']:.2f}")
    console.print(table)

    table = Table("a fresh process", "MB resident", "MB at most", title="Memory")
    for name, now, peak in measure_memory(texts):
        table.add_row(name, f"{now:.0f}", f"{peak:.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
