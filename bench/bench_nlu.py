"""`make bench-nlu`: our classifier against Rasa's standard pipeline on CLINC150 and on our own data, one table.

The same rows for both. Accuracy: intent right among those in scope. Out-of-scope recall: at the threshold that loses 2 points of
the in-scope test messages, so that both pay the same. Every cell (setting, method, draw) is kept in var/bench/nlu with its date,
command and a hash of the rows and of our code; a run that was broken off goes on with what is missing, and after a change of the
classifier only our cells are run again. DIET's cell also holds a run of ours beside it: times are compared within that one run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.evaluation.cases import load_cases  # noqa: E402
from app.evaluation.measures import curve, recall_at  # noqa: E402
from bench.nlu_cells import Cells, averaged, digest, ratios, table  # noqa: E402
from content import load_examples, load_pack  # noqa: E402
from language.nlu import Example, Understander  # noqa: E402
from language.nlu.network import Settings  # noqa: E402
from language.nlu.understander import OUT_OF_SCOPE  # noqa: E402

PYTHON = ROOT / ".bench-venv" / "bin" / "python"
RESULTS = ROOT / "bench" / "results" / "nlu.json"
CLINC = ROOT.parent / "shared" / "data" / "clinc150"
CELLS = ROOT / "var" / "bench" / "nlu"
LOSS, TIMED, SEED = 0.02, 300, 20261121
EPOCHS = 100
# In the order in which they are run: the short ones have all of DIET's epochs, the long ones what `--minutes` leaves them.
NAMES = ("own 10", "clinc 10", "clinc 25", "own 25", "clinc full", "own")
OUTSIDE = 100  # rows out of scope in a few-shot setting: as many as CLINC150 has to learn from
Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Setting:
    """What is trained on and tested on. `per_intent`: examples drawn per intent; None: all."""

    name: str
    train: Rows
    test: Rows
    per_intent: int | None = None

    def draw(self, number: int) -> Rows:
        """The training rows of one draw: so many per intent, and up to `OUTSIDE` out of scope."""
        if self.per_intent is None:
            return self.train
        random = np.random.default_rng(SEED + number)
        by_label: dict[str, Rows] = defaultdict(list)
        for row in self.train:
            by_label[row[1]].append(row)
        chosen: Rows = []
        for label in sorted(by_label):
            rows = by_label[label]
            count = min(OUTSIDE if label == OUT_OF_SCOPE else self.per_intent, len(rows))
            chosen += [rows[i] for i in sorted(random.permutation(len(rows))[:count])]
        return chosen


def clinc_settings(folder: Path) -> Iterator[Setting]:
    """Full, 10 and 25 per intent; the data set's own 100 rows out of scope are learnt from in all of them."""
    data = json.loads((folder / "data_full.json").read_text("utf-8"))
    train = [(text, label) for text, label in data["train"]] + [(text, OUT_OF_SCOPE) for text, _ in data["oos_train"]]
    test = [(text, label) for text, label in data["test"]] + [(text, OUT_OF_SCOPE) for text, _ in data["oos_test"]]
    yield Setting("clinc 10", train, test, 10)
    yield Setting("clinc 25", train, test, 25)
    yield Setting("clinc full", train, test)


def own_settings() -> Iterator[Setting]:
    """All topics and acts, tested on the messages of tests/data/heldout that stand alone; 10 and 25 examples per label, and all."""
    train = [(example.text, example.label) for example in load_examples(ROOT)]
    test = [(case.text, case.label) for case in load_cases(ROOT) if len(case.turns) == 1]
    yield Setting("own 10", train, test, 10)
    yield Setting("own 25", train, test, 25)
    yield Setting("own", train, test)


def smaller(setting: Setting, labels: int, rows: int) -> Setting:
    """A few labels and rows of each, to try the bench itself."""
    names = sorted({label for _, label in setting.train} - {OUT_OF_SCOPE})
    kept = {OUT_OF_SCOPE, *names[:: max(1, len(names) // labels)][:labels]}

    def thin(source: Rows, most: int) -> Rows:
        counts: dict[str, int] = defaultdict(int)
        found = []
        for text, label in source:
            counts[label] += 1
            if label in kept and counts[label] <= most:
                found.append((text, label))
        return found

    return Setting(setting.name, thin(setting.train, rows), thin(setting.test, 30), setting.per_intent)


def measured(test: Rows, labels: Sequence[str], scores: Any, leads: Any) -> dict[str, Any]:
    """Accuracy in scope, recall out of scope at equal loss, area under the curve.

    Args:
        test: the rows that were read.
        labels: names of the columns, out of scope not among them.
        scores: (rows, labels).
        leads: (rows,), the higher the more out of scope.
    """
    truth = np.asarray([label for _, label in test])
    outside = truth == OUT_OF_SCOPE
    best = np.asarray(labels)[np.asarray(scores).argmax(axis=1)]
    found = {"accuracy": round(float((best == truth)[~outside].mean()), 4), "test_rows": len(test)}
    if outside.any():
        found |= {
            "recall": recall_at(np.asarray(leads), outside, LOSS),
            "area": curve(np.asarray(leads), outside)["area"],
        }
    return found


def run_ours(setting: Setting, draw: int, settings: Settings | None) -> dict[str, Any]:
    """Train and read with language/nlu."""
    rows = setting.draw(draw)
    own = setting.name.startswith("own")
    concepts = load_pack(ROOT).concepts if own else None
    began, cpu = time.monotonic(), time.process_time()
    model = Understander.train([Example(text, label) for text, label in rows], concepts, settings=settings)
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    linear, logs = model.models.read_many([model.extractor.extract(text) for text, _ in setting.test])
    outside = model.labels.index(OUT_OF_SCOPE)
    inside = [i for i in range(len(model.labels)) if i != outside]
    leads = linear[:, outside] - linear[:, inside].max(axis=1)
    times = []
    for text, _ in setting.test[:TIMED]:
        start = time.perf_counter()
        model.understand(text)
        times.append(time.perf_counter() - start)
    return {
        **measured(setting.test, [model.labels[i] for i in inside], logs[:, inside], leads),
        "train_rows": len(rows),
        "train_seconds": round(seconds, 1),
        "train_cpu_seconds": round(cpu_seconds, 1),
        "milliseconds": round(float(np.median(times)) * 1000, 3),
    }


def run_diet(setting: Setting, draw: int, epochs: int, seconds: float) -> dict[str, Any]:
    """Train and read with Rasa's standard pipeline, in its own environment."""
    rows = setting.draw(draw)
    config = yaml.safe_load((ROOT / "config.diet.yml").read_text("utf-8"))
    for step in config["pipeline"]:
        if "epochs" in step:
            step["epochs"] = epochs
        if step["name"] == "DIETClassifier":
            step |= {
                "ranking_length": 0,
                "random_seed": SEED,
            }  # all intents in the ranking, for the curve; the same run again
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "config.yml").write_text(yaml.safe_dump(config), "utf-8")
        write_nlu(rows, place / "nlu.yml")
        texts = [text for text, _ in setting.test]
        order = {
            "config": str(place / "config.yml"),
            "nlu": str(place / "nlu.yml"),
            "out": str(place / "out"),
            "seconds": seconds,
            "texts": texts,
        }
        done = subprocess.run(
            [PYTHON, ROOT / "bench" / "diet_nlu.py"],
            input=json.dumps(order),
            capture_output=True,
            text=True,
            cwd=place,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"Rasa failed on {setting.name}:\n{done.stderr[-3000:]}")
    result = json.loads(done.stdout.strip().split("\n")[-1])
    labels = sorted({label for _, label in rows} - {OUT_OF_SCOPE})
    rankings = result.pop("rankings")
    unknown = {name for ranking in rankings for name in ranking} - {rasa_name(label) for _, label in rows}
    if unknown or not any(rankings):
        raise SystemExit(f"Rasa answers with labels that nobody gave it: {sorted(unknown)[:3]}")
    scores = np.asarray([[ranking.get(rasa_name(label), 0.0) for label in labels] for ranking in rankings])
    leads = [
        np.log(ranking.get(OUT_OF_SCOPE, 0.0) + 1e-12) - np.log(row.max() + 1e-12)
        for ranking, row in zip(rankings, scores, strict=True)
    ]
    return {**measured(setting.test, labels, scores, leads), "train_rows": len(rows), **result}


def rasa_name(label: str) -> str:
    """A label as an intent: with a slash in it Rasa would train a response selector instead."""
    return label.replace("/", "__")


def write_nlu(rows: Rows, path: Path) -> None:
    """Rows in Rasa's own format. A text on several lines would be two examples, so that its lines are joined."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for text, label in rows:
        by_label[label].append(" ".join(text.split()))
    blocks = [
        {"intent": rasa_name(label), "examples": "".join(f"- {text}\n" for text in texts)}
        for label, texts in sorted(by_label.items())
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, width=10**6), "utf-8")


def hashes(setting: Setting, rows: Rows, *code: Path) -> dict[str, str]:
    """What a cell is made from: the rows trained and tested on, and the files that read them."""
    files = [file for path in code for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    return {
        "train": digest(f"{label}\t{text}".encode() for text, label in rows),
        "test": digest(f"{label}\t{text}".encode() for text, label in setting.test),
        "code": digest(file.read_bytes() for file in files),
    }


def frozen(setting: Setting) -> Setting:
    """Our own rows as they were when DIET was trained on them: its hour must not be lost with every new question.

    Raises SystemExit where the kept rows cannot be read.
    """
    path = CELLS / "rows-own.json"
    if path.is_file():
        kept = json.loads(path.read_text("utf-8"))
        return Setting(
            setting.name,
            [tuple(row) for row in kept["train"]],
            [tuple(row) for row in kept["test"]],
            setting.per_intent,
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"train": setting.train, "test": setting.test}, ensure_ascii=False) + "\n", "utf-8")
    return setting


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clinc", nargs="?", type=Path, default=CLINC, help="folder of CLINC150 (skipped where absent)")
    parser.add_argument(
        "--draws", type=int, default=1, help="draws per few-shot setting, the same ones for both (default: 1)"
    )
    parser.add_argument(
        "--minutes", type=float, default=30, help="at most so long does DIET train in one cell (default: 30)"
    )
    parser.add_argument("--only", action="append", choices=NAMES, help="one setting (may be given again)")
    parser.add_argument(
        "--without-diet", action="store_true", help="ours only: a few minutes; cells of DIET that are kept are shown"
    )
    parser.add_argument("--fresh", action="store_true", help="forget all kept cells and rows first")
    parser.add_argument(
        "--quick", action="store_true", help="few labels, rows and epochs: tries the bench, measures nothing"
    )
    parser.add_argument(
        "--write-nlu", type=Path, metavar="FILE", help="write our training rows in Rasa's format and end"
    )
    return parser.parse_args()


def settings_of(arguments: argparse.Namespace) -> list[Setting]:
    """Those that are asked for and whose data are there."""
    found = []
    if (arguments.clinc / "data_full.json").is_file():
        found += list(clinc_settings(arguments.clinc))
    else:
        print(
            f"CLINC150 is not in {arguments.clinc}: its three settings are skipped. Give its folder as an argument.",
            flush=True,
        )
    found += own_settings() if arguments.quick else [frozen(setting) for setting in own_settings()]
    wanted = sorted(
        (setting for setting in found if not arguments.only or setting.name in arguments.only),
        key=lambda setting: NAMES.index(setting.name),
    )
    return [smaller(setting, 4, 40) for setting in wanted] if arguments.quick else wanted


def pair(setting: Setting, cells: Cells, arguments: argparse.Namespace, epochs: int) -> dict[str, Any]:
    """One line of the table: ours and DIET on the same draws. DIET's cell holds a run of ours beside it, for the times."""
    ours, diet = [], []
    for draw in range(arguments.draws if setting.per_intent else 1):
        rows = setting.draw(draw)
        made = hashes(
            setting,
            rows,
            ROOT / "language" / "nlu",
            ROOT / "packs" / "tw" / "lexicon.yml",
            ROOT / "bench" / "bench_nlu.py",
        )
        name = f"{setting.name} {draw}"
        ours.append(cells.get(f"ours {name}", made, lambda d=draw: run_ours(setting, d, None)))  # type: ignore[misc]
        tell(setting, "ours", ours[-1])
        peer = hashes(setting, rows, ROOT / "config.diet.yml", ROOT / "bench" / "diet_nlu.py") | {"epochs": str(epochs)}

        def both(draw: int = draw) -> dict[str, Any]:
            beside = run_ours(setting, draw, None)
            return {**run_diet(setting, draw, epochs, 60 * arguments.minutes), "beside": beside}

        def none() -> dict[str, Any]:
            raise LookupError

        try:
            diet.append(cells.get(f"diet {name}", peer, none if arguments.without_diet else both))
            tell(setting, "diet", diet[-1])
        except LookupError:
            pass
    return {"setting": setting.name, "epochs": epochs, "ours": averaged(ours)} | (
        {"diet": averaged(diet)} if diet else {}
    )


def tell(setting: Setting, method: str, run: dict[str, Any]) -> None:
    """One line as soon as a cell is there."""
    print(
        f"[bench] {setting.name}, {method}: accuracy {run['accuracy']:.3f}, {run['train_seconds']:.0f} s ({run['date']})",
        flush=True,
    )


def main() -> int:
    """Run what is asked for; print the table as it grows, keep it as JSON."""
    arguments = options()
    if arguments.write_nlu:
        *_, own = own_settings()
        write_nlu(own.train, arguments.write_nlu)
        print(arguments.write_nlu)
        return 0
    if not arguments.without_diet and not PYTHON.exists():
        raise SystemExit("Rasa's environment is missing. Run: python3 tools/bootstrap.py bench")
    epochs = 3 if arguments.quick else EPOCHS
    cells = Cells(CELLS.with_name("nlu-trial") if arguments.quick else CELLS)
    if (arguments.fresh or arguments.quick) and cells.folder.is_dir():
        shutil.rmtree(cells.folder)
    results = [pair(setting, cells, arguments, epochs) for setting in settings_of(arguments)]
    trial = "A TRIAL of the bench with few rows: these numbers mean nothing.\n" if arguments.quick else ""
    print("\n" + trial + table(results, LOSS))
    if not (arguments.quick or arguments.only):
        missing = [name for name in NAMES if not any(r["setting"] == name and "diet" in r for r in results)]
        kept = [result | ({"ratios": ratios(result)} if "diet" in result else {}) for result in results]
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(
            json.dumps({"loss": LOSS, "without_diet": missing, "results": kept}, indent=1) + "\n", "utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
