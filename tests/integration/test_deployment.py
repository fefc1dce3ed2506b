"""The manifests' own commands, settings and probes, on real processes: what the images are given is all they need, and they write nowhere else.

Containers are not at hand where the tests run. A folder with exactly what the Dockerfile copies stands for each image's
files, free ports for the services' names; everything else is read from deploy/.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy.engine import make_url

from app.encryption import new_key
from tests.doubles.deployment import DEPLOY, Stage, container, environment, objects, of_kind, stages
from tests.integration.conftest import Postgres
from tests.stack import ROOT, end_processes, free_port

pytestmark = [pytest.mark.model, pytest.mark.processes, pytest.mark.postgres]
MEMORY = {"Mi": 2**20, "Gi": 2**30}
PORTS = {"gateway": "http", "rasa": "turns", "actions": "actions"}


def lay_out(stage: Stage, target: Path) -> Path:
    """A folder with what this image is given."""
    for sources, into in stage.copies():
        for name in sources:
            to = target / into / Path(name).name if into.endswith("/") else target / into
            to.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, to, ignore=shutil.ignore_patterns("__pycache__", ".venv", "node_modules"))
            else:
                shutil.copy(ROOT / name, to)
    return target


def files_below(folder: Path) -> set[str]:
    """Everything in it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@dataclass
class Cluster:
    """The parts by name, as processes."""

    folder: Path
    settings: dict[str, str]
    secret: dict[str, str]
    ports: dict[str, int]
    workloads: dict[str, dict[str, Any]]
    images: dict[str, Path]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def image_of(self, name: str) -> Path:
        """The files of its image."""
        return self.images["rasa" if "/rasa:" in container(self.workloads[name])["image"] else "app"]

    def environment_of(self, name: str) -> dict[str, str]:
        """What its manifest and its image give it, the services' names replaced by this machine's ports."""
        bare = {"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LANG": "C.UTF-8"}
        bare |= {key: value for key, value in os.environ.items() if key.startswith("OPENBLAS_")}
        given = environment(self.workloads[name], self.settings, self.secret)
        own = self.folder / f"own-{name}"
        own.mkdir(exist_ok=True)
        return {
            **bare, **given, "JOBSEEKER_PORT": str(self.ports["gateway"]), "JOBSEEKER_VAR_DIR": str(own),
            "TMPDIR": str(own), "PYTHONDONTWRITEBYTECODE": "1", "RASA_TELEMETRY_ENABLED": "false",
        }  # fmt: skip

    def command_of(self, name: str) -> list[str]:
        """Its manifest's command with this checkout's interpreters."""
        program, *arguments = container(self.workloads[name])["command"]
        binaries = ROOT / ("bot/.venv" if self.image_of(name) == self.images["rasa"] else ".venv") / "bin"
        port = ["--port", str(self.ports[name])] if name in ("rasa", "actions") else []
        return [str(binaries / program), *arguments, *port]

    def start(self, name: str) -> None:
        """Start it."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command_of(name), cwd=self.image_of(name), env=self.environment_of(name), stdout=log, stderr=log
            )

    def probe(self, name: str, kind: str) -> int:
        """The status that this probe of its manifest gets; 0 for no answer."""
        asked = container(self.workloads[name])[kind]["httpGet"]
        assert asked["port"] == PORTS[name]
        return status(f"http://127.0.0.1:{self.ports[name]}{asked['path']}")[0]

    def wait_until_started(self, name: str) -> None:
        """As long as the manifest gives it."""
        probe = container(self.workloads[name])["startupProbe"]
        deadline = time.monotonic() + probe["periodSeconds"] * probe["failureThreshold"]
        while self.probe(name, "startupProbe") != 200:
            log = (self.folder / f"{name}.log").read_text("utf-8", "replace")[-3_000:]
            assert time.monotonic() < deadline, f"{name} does not start:\n{log}"
            assert self.processes[name].poll() is None, f"{name} has ended:\n{log}"
            time.sleep(0.2)


def status(url: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """(status, JSON) of a request; 0 where nothing answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, None
    except OSError:
        return 0, None


@pytest.fixture(scope="module")
def cluster(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Everything but the processes."""
    if not (ROOT / "models" / "current").is_file():
        pytest.skip("there is no trained model (make train)")
    folder = tmp_path_factory.mktemp("cluster")
    made = stages((DEPLOY / "Dockerfile").read_text("utf-8"))
    images = {name: lay_out(made[name], folder / name) for name in ("app", "rasa")}
    (images["rasa"] / "models").symlink_to(ROOT / "models")  # what `bot.launch train` leaves in the image
    database = asyncio.run(postgres.empty())
    ports = {name: free_port() for name in ("gateway", "rasa", "actions", "metrics")}
    [config] = of_kind(objects(), "ConfigMap")
    settings = config["data"] | {
        "JOBSEEKER_RASA_URL": f"http://127.0.0.1:{ports['rasa']}",
        "JOBSEEKER_ACTIONS_URL": f"http://127.0.0.1:{ports['actions']}",
        "JOBSEEKER_METRICS_PORT": str(ports["metrics"]),
    }
    secret = {
        "JOBSEEKER_DATABASE_URL": database,
        "JOBSEEKER_TRACKER_URL": make_url(database).set(drivername="postgresql").render_as_string(hide_password=False),
        "JOBSEEKER_INTERNAL_TOKEN": secrets.token_urlsafe(24),
        "JOBSEEKER_ENCRYPTION_KEYS": new_key(),
    }
    workloads = {
        each["metadata"]["labels"]["app.kubernetes.io/name"]: each for each in of_kind(objects(), "Deployment", "Job")
    }
    running = Cluster(folder, settings, secret, ports, workloads, images)
    yield running
    end_processes(running.processes.values(), 40)


def test_the_images_files_are_all_that_is_imported(cluster: Cluster) -> None:
    """An import that the image lacks would be found in the checkout here, and nowhere there."""
    look = (
        "import sys, importlib; [importlib.import_module(name) for name in sys.argv[2:]];"
        "print([f for m in list(sys.modules.values()) if (f := getattr(m, '__file__', None) or '').startswith(sys.argv[1]) and '.venv' not in f])"
    )
    for name, modules in (
        ("gateway", ["app.gateway_main", "actions.serve", "app.cli"]),
        ("rasa", ["bot.launch", "bot.training"]),
    ):
        program = cluster.command_of(name)[0]
        done = subprocess.run(
            [program, "-c", look, str(ROOT), *modules], cwd=cluster.image_of(name), env=cluster.environment_of(name),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "[]"


def test_the_manifests_run(cluster: Cluster) -> None:
    before = {name: files_below(image) for name, image in cluster.images.items()}
    cluster.start("gateway")
    assert cluster.processes["gateway"].wait(90) == 1  # nothing starts on a database that was not migrated
    assert "alembic upgrade head" in (cluster.folder / "gateway.log").read_text("utf-8")
    cluster.start("migrate")
    assert cluster.processes["migrate"].wait(120) == 0, (cluster.folder / "migrate.log").read_text("utf-8")
    for name in PORTS:
        cluster.start(name)
    for name in PORTS:
        cluster.wait_until_started(name)
        assert [cluster.probe(name, kind) for kind in ("livenessProbe", "readinessProbe")] == [200, 200], name
    url = f"http://127.0.0.1:{cluster.ports['gateway']}/api/v1/conversations"
    found, begun = status(url, {"language": "en"})
    assert found == 201
    proof = {"Authorization": f"Bearer {begun['token']}"}
    said = (("How much unemployment benefit do I get?", None), ("help", "/help"), ("my profile", "/profile"))
    for number, (text, payload) in enumerate(said):  # the last two are the action server's, and one reads the database
        body = {"text": text, "client_message_id": f"m{number}", **({"payload": payload} if payload else {})}
        found, answer = status(f"{url}/{begun['id']}/messages?wait=30", body, proof)
        assert found == 200
        assert answer["replies"][0]["act"] in ("faq", "help", "show_profile"), answer  # no apology
    strangers(cluster)
    for name in PORTS:
        limit = container(cluster.workloads[name])["resources"]["limits"]["memory"]
        used = psutil.Process(cluster.processes[name].pid).memory_info().rss
        assert used < int(limit[:-2]) * MEMORY[limit[-2:]] * 0.8, f"{name} needs {used / 2**20:.0f} MiB"
    for name in PORTS:
        began = time.monotonic()
        cluster.processes[name].terminate()
        cluster.processes[name].wait(60)
        assert (
            time.monotonic() - began
            < cluster.workloads[name]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] - 5
        )
    after = {name: files_below(image) for name, image in cluster.images.items()}
    assert after == before, "an image's files were written to"


def strangers(cluster: Cluster) -> None:
    """Whoever gets to the inner ports without the token is refused; health is all they see."""
    actions, rasa = (f"http://127.0.0.1:{cluster.ports[name]}" for name in ("actions", "rasa"))
    token = cluster.secret["JOBSEEKER_INTERNAL_TOKEN"]
    call = {"next_action": "action_show_menu", "sender_id": "x", "tracker": {}}
    assert status(f"{actions}/webhook", call)[0] == 401
    assert status(f"{actions}/webhook", call, {"X-Internal-Token": token[:-1] + "_"})[0] == 401
    assert status(f"{actions}/actions")[0] == 401
    assert status(f"{actions}/actions", headers={"X-Internal-Token": token})[0] == 200
    assert status(f"{rasa}/webhooks/jobseeker/turn", {})[0] == 401
