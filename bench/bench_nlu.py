"""`make bench-nlu`: our classifier against Rasa's standard pipeline on CLINC150 and on our own data, one table.

The same rows for both. Accuracy: intent right among those in scope. Out-of-scope recall: at the threshold that loses 2 points of
the in-scope test messages, so that both pay the same. DIET gets a time budget per setting (`--minutes`, shared out over the
settings by their size); where it stops before its 100 epochs the table says after how many.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from app.evaluation.cases import load_cases
from app.evaluation.measures import curve, recall_at
from content import load_examples, load_pack
from language.nlu import Example, Understander
from language.nlu.network import Settings
from language.nlu.understander import OUT_OF_SCOPE

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".bench-venv" / "bin" / "python"
RESULTS = ROOT / "bench" / "results" / "nlu.json"
CLINC = ROOT.parent / "shared" / "data" / "clinc150"
DRAWS, LOSS, TIMED, SEED = 3, 0.02, 300, 20261121
EPOCHS = 100
# Share of DIET's minutes; measured cost is proportional to rows, and short sets must not run out before 100 epochs.
SHARES = {"clinc 10": 0.18, "clinc 25": 0.27, "clinc full": 0.27, "own": 0.28}
Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Setting:
    """What is trained on and tested on. `per_intent`: examples drawn per intent; None: all."""

    name: str
    train: Rows
    test: Rows
    per_intent: int | None = None

    def draw(self, number: int) -> Rows:
        """The training rows of one draw; rows out of scope are never thinned out."""
        if self.per_intent is None:
            return self.train
        random = np.random.default_rng(SEED + number)
        by_label: dict[str, Rows] = defaultdict(list)
        for row in self.train:
            by_label[row[1]].append(row)
        chosen: Rows = []
        for label in sorted(by_label):
            rows = by_label[label]
            count = len(rows) if label == OUT_OF_SCOPE else min(self.per_intent, len(rows))
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


def own_setting() -> Setting:
    """All topics and acts, tested on the messages of tests/data/heldout that stand alone."""
    train = [(example.text, example.label) for example in load_examples(ROOT)]
    return Setting("own", train, [(case.text, case.label) for case in load_cases(ROOT) if len(case.turns) == 1])


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
    own = setting.name == "own"
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
    scores = np.asarray([[ranking.get(label, 0.0) for label in labels] for ranking in rankings])
    leads = [
        np.log(ranking.get(OUT_OF_SCOPE, 0.0) + 1e-12) - np.log(row.max() + 1e-12)
        for ranking, row in zip(rankings, scores, strict=True)
    ]
    return {**measured(setting.test, labels, scores, leads), "train_rows": len(rows), **result}


def write_nlu(rows: Rows, path: Path) -> None:
    """Rows in Rasa's own format. A text on several lines would be two examples, so that its lines are joined."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for text, label in rows:
        by_label[label].append(" ".join(text.split()))
    blocks = [
        {"intent": label.replace("/", "__"), "examples": "".join(f"- {text}\n" for text in texts)}
        for label, texts in sorted(by_label.items())
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, width=10**6), "utf-8")


def averaged(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Means over the draws; what is no number is taken from the first."""
    numbers = {
        key: [run[key] for run in runs]
        for key in runs[0]
        if isinstance(runs[0][key], (int, float)) and not isinstance(runs[0][key], bool)
    }
    means = {key: round(float(np.mean(values)), 4) for key, values in numbers.items()}
    stopped = {"stopped": any(run["stopped"] for run in runs)} if "stopped" in runs[0] else {}
    return {**means, **stopped, "draws": len(runs)}


def table(results: Sequence[dict[str, Any]]) -> str:
    """The results as text, with a line of ratios per setting."""
    lines = [
        f"{'setting':12}{'method':8}{'rows':>7}{'draws':>6}{'accuracy':>10}{'OOS recall':>12}{'area':>7}{'train s':>9}{'cpu s':>8}{'ms/msg':>8}  note"
    ]
    for result in results:
        for method in ("ours", "diet"):
            run = result.get(method)
            if run is None:
                continue
            note = f"stopped after {run['epochs']:.0f} of {result['epochs']} epochs" if run.get("stopped") else ""
            lines.append(
                f"{result['setting']:12}{method:8}{run['train_rows']:7.0f}{run['draws']:6}{run['accuracy']:10.3f}{run.get('recall', float('nan')):12.3f}"
                f"{run.get('area', float('nan')):7.3f}{run['train_seconds']:9.1f}{run['train_cpu_seconds']:8.1f}{run['milliseconds']:8.2f}  {note}"
            )
        if "diet" in result and "ours" in result:
            ours, diet = result["ours"], result["diet"]
            points = 100 * (ours["accuracy"] - diet["accuracy"])
            faster, quicker = diet["train_seconds"] / ours["train_seconds"], diet["milliseconds"] / ours["milliseconds"]
            lines.append(f"{'':12}ours: {points:+.1f} points, trains {faster:.0f}x faster, reads {quicker:.0f}x faster")
    lines.append(
        f"OOS recall: at the threshold that loses {100 * LOSS:.0f} points of the in-scope test messages. train s: wall clock."
    )
    return "\n".join(lines)


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clinc", nargs="?", type=Path, default=CLINC, help="folder of CLINC150 (skipped where absent)")
    parser.add_argument("--draws", type=int, help=f"draws per few-shot setting (default: {DRAWS} for ours, 1 for DIET)")
    parser.add_argument("--minutes", type=float, default=44, help="all of DIET's training together")
    parser.add_argument("--only", action="append", choices=list(SHARES), help="one setting (may be given again)")
    parser.add_argument("--without-diet", action="store_true", help="ours only: a few minutes")
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
    found.append(own_setting())
    wanted = [setting for setting in found if not arguments.only or setting.name in arguments.only]
    return [smaller(setting, 4, 40) for setting in wanted] if arguments.quick else wanted


def main() -> int:
    """Run what is asked for; print the table as it grows, keep it as JSON."""
    arguments = options()
    if arguments.write_nlu:
        write_nlu(own_setting().train, arguments.write_nlu)
        print(arguments.write_nlu)
        return 0
    if not arguments.without_diet and not PYTHON.exists():
        raise SystemExit("Rasa's environment is missing. Run: python3 tools/bootstrap.py bench")
    epochs = 3 if arguments.quick else EPOCHS
    results: list[dict[str, Any]] = []
    methods: dict[str, Callable[[Setting, int], dict[str, Any]]] = {"ours": lambda s, d: run_ours(s, d, None)}
    if not arguments.without_diet:
        methods["diet"] = lambda s, d: run_diet(
            s,
            d,
            epochs,
            60 * arguments.minutes * SHARES[s.name] / max(1, (arguments.draws or 1) if s.per_intent else 1),
        )
    for setting in settings_of(arguments):
        result: dict[str, Any] = {"setting": setting.name, "epochs": epochs}
        for method, run in methods.items():
            draws = (arguments.draws or (DRAWS if method == "ours" else 1)) if setting.per_intent else 1
            result[method] = averaged([run(setting, draw) for draw in range(draws)])
            print(
                f"[bench] {setting.name}, {method}: accuracy {result[method]['accuracy']:.3f}, {result[method]['train_seconds']:.0f} s",
                flush=True,
            )
        results.append(result)
    print(
        "\n"
        + ("A TRIAL of the bench with few rows: these numbers mean nothing.\n" if arguments.quick else "")
        + table(results)
    )
    if not (arguments.quick or arguments.only or arguments.without_diet):  # a part must not pass for the whole
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(
            json.dumps({"loss": LOSS, "diet_minutes": arguments.minutes, "results": results}, indent=1) + "\n", "utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
