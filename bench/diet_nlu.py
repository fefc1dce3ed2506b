"""One training and one reading of Rasa's standard pipeline. Runs in .bench-venv as a child of bench_nlu.py; knows no data set.

Standard input: {"config": path, "nlu": path, "out": folder, "seconds": budget, "texts": [...]}. Last line of standard output: JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from typing import Any

os.environ.update(
    {"TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false", "CUDA_VISIBLE_DEVICES": "", "LOG_LEVEL": "ERROR"}
)
TIMED = 300
FALLBACK = "nlu_fallback"  # what Rasa's FallbackClassifier puts before the ranking; no label anybody gave


def stop_at(seconds: float) -> dict[str, Any]:
    """Make DIET's training end at its time budget; the result says how many epochs it had. Rasa offers no setting for that."""
    from rasa.utils import train_utils
    from tensorflow.keras.callbacks import Callback

    done: dict[str, Any] = {"epochs": 0, "stopped": False}
    original = train_utils.create_common_callbacks

    class Stopper(Callback):  # type: ignore[misc]
        def on_train_begin(self, logs: Any = None) -> None:
            self.began = time.monotonic()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            done["epochs"] = epoch + 1
            if time.monotonic() - self.began > seconds:
                done["stopped"] = True
                self.model.stop_training = True

    train_utils.create_common_callbacks = lambda *args, **kwargs: [*original(*args, **kwargs), Stopper()]
    return done


async def read(agent: Any, texts: list[str]) -> tuple[list[dict[str, float]], float]:
    """Confidences by intent for every text, and the median milliseconds of the first few hundred."""
    rankings, times = [], []
    for text in texts:
        began = time.perf_counter()
        parsed = await agent.parse_message(text)
        times.append(time.perf_counter() - began)
        rankings.append(
            {item["name"]: float(item["confidence"]) for item in parsed["intent_ranking"] if item["name"] != FALLBACK}
        )
    return rankings, sorted(times[:TIMED])[len(times[:TIMED]) // 2] * 1000


def main() -> None:
    """Train, load, read, print."""
    order = json.load(sys.stdin)
    import rasa.model_training
    from rasa.core.agent import Agent

    done = stop_at(order["seconds"])
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    path = rasa.model_training.train_nlu(order["config"], order["nlu"], order["out"], fixed_model_name="diet")
    after = resource.getrusage(resource.RUSAGE_SELF)
    if not path:
        raise SystemExit("Rasa made no model; its messages above say why")
    trained = time.monotonic() - began
    rankings, milliseconds = asyncio.run(read(Agent.load(path), order["texts"]))
    result = {
        "train_seconds": round(trained, 1),
        "train_cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "milliseconds": round(milliseconds, 2),
        "rankings": rankings,
        **done,
    }
    sys.stdout.write("\n" + json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
