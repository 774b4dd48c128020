#!/usr/bin/env python
"""Builds the language profiles: tools/build_language_profiles.py --corpus FOLDER [--out FOLDER].

The folder holds one folder an ISO 639-3 code (fra, eng, mos, dyu, bam, fuv, fuf, gux, hau, taq), each with text files,
one sentence a line. Only counts are written. Every tenth line is left out, for tools/measure_language.py.
"""

import argparse
import json
from pathlib import Path

from language_corpus import build_profiles

PROFILES = Path(__file__).parent.parent / "feedback_gateway" / "classify" / "profiles"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=PROFILES)
    options = parser.parse_args()
    for code, profile in build_profiles(options.corpus).items():
        file = options.out / f"{code}.json"
        file.write_text(json.dumps(profile, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
        print(f"{code:4} {sum(profile['n_words']):>10,} n-grams read, {len(profile['freq']):,} kept, {file}")


if __name__ == "__main__":
    main()
