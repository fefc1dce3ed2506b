"""Starts and stops the three processes under supervisord, which restarts what dies. What the processes do is not here.

supervisord (PyPI `supervisor`) was chosen over our own loop because it is kept, knows back-off, log rotation and clean stops.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import xmlrpc.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from supervisor.xmlrpc import Faults, SupervisorTransport

from app.settings import Settings

START_SECONDS = 240.0  # a busy machine takes its time; what does not come up at all is seen in the log
RESTART_SECONDS = 120.0
GIVE_UP_AT = 3  # the process that ends right after its start is started again by supervisord: two were in vain
STOP_SECONDS = 30.0
# Our matrices are small: with more threads OpenBLAS waits in loops for itself, which costs five times the work on a busy machine.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# glibc gives every large array back to the system and asks for it again, page by page; training makes millions of them.
KEPT_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 28), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}


class StartError(Exception):
    """The service did not come up; the text says what is in the way and what to do."""


@dataclass(frozen=True)
class Layout:
    """Where everything lies and listens."""

    root: Path
    var: Path
    host: str = "127.0.0.1"
    port: int = 8080
    rasa_port: int = 5005
    actions_port: int = 5055
    models: Path | None = None  # where Rasa finds the model to serve; None: models/ in the checkout

    @property
    def gateway_url(self) -> str:
        """Where people and counsellors connect."""
        return f"http://{self.host}:{self.port}"

    @property
    def socket(self) -> Path:
        """supervisord's control socket. Unix sockets have short paths, so a deep checkout uses the temporary folder."""
        wanted = self.var / "run" / "supervisor.sock"
        return wanted if len(str(wanted)) < 100 else Path("/tmp") / f"jobseeker-{os.getuid()}-{self.port}.sock"

    @property
    def health(self) -> Mapping[str, str]:
        """Name of each process -> the address that answers 200 when it is ready."""
        return {
            "rasa": f"http://127.0.0.1:{self.rasa_port}/webhooks/jobseeker/health",
            "actions": f"http://127.0.0.1:{self.actions_port}/health",
            "gateway": f"{self.gateway_url}/readyz",
        }


def layout_of(root: Path, settings: Settings) -> Layout:
    """Where the installation of this checkout lies and listens."""
    return Layout(root, settings.var_dir, settings.host, settings.port, settings.rasa_port, settings.actions_port)


def configuration(layout: Layout) -> str:
    """supervisord's configuration. Secrets travel by environment, not in this file."""
    python, bot_python = layout.root / ".venv" / "bin" / "python", layout.root / "bot" / ".venv" / "bin" / "python"
    programs = {
        "rasa": f"{bot_python} -m bot.launch --models {layout.models or layout.root / 'models'} run --port {layout.rasa_port}",
        "actions": f"{python} -m actions.serve --port {layout.actions_port}",
        "gateway": f"{python} -m app.gateway_main",
    }
    run, logs = layout.var / "run", layout.var / "log"
    user = "user=root\n" if os.getuid() == 0 else ""
    parts = [
        f"[supervisord]\nlogfile={logs}/supervisord.log\nlogfile_maxbytes=2MB\nlogfile_backups=2\npidfile={run}/supervisord.pid\n{user}"
        f"directory={layout.root}\nchildlogdir={logs}\n",
        f"[unix_http_server]\nfile={layout.socket}\nchmod=0700\n",
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
        f"[supervisorctl]\nserverurl=unix://{layout.socket}\n",
    ]
    for name, command in programs.items():
        parts.append(
            f"[program:{name}]\ncommand={command}\ndirectory={layout.root}\nautorestart=true\nstartsecs=1\nstartretries=1000\n"
            f"stopwaitsecs=10\nstopasgroup=true\nkillasgroup=true\nredirect_stderr=true\n"
            f"stdout_logfile={logs}/{name}.log\nstdout_logfile_maxbytes=5MB\nstdout_logfile_backups=3\n"
        )
    return "\n".join(parts)


def supervisor(layout: Layout) -> xmlrpc.client.ServerProxy | None:
    """A connection to the running supervisord, or None where none answers."""
    if not layout.socket.exists():
        return None
    proxy = xmlrpc.client.ServerProxy(
        "http://127.0.0.1", transport=SupervisorTransport(None, None, f"unix://{layout.socket}")
    )
    try:
        proxy.supervisor.getState()
    except (OSError, xmlrpc.client.Error):
        return None
    return proxy


def is_healthy(url: str) -> bool:
    """Whether a process answers 200 at its health address."""
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def start(layout: Layout, environment: Mapping[str, str], say: Callable[[str], None]) -> float:
    """Start everything and wait until it is healthy. Returns the seconds it took. Raises StartError."""
    began = time.monotonic()
    if supervisor(layout) is None:
        _refuse_taken_ports(layout)
        for folder in ("run", "log"):
            (layout.var / folder).mkdir(parents=True, exist_ok=True)
        layout.socket.unlink(missing_ok=True)
        path = layout.var / "run" / "supervisord.conf"
        path.write_text(configuration(layout))
        secret = {"JOBSEEKER_INTERNAL_TOKEN": secrets.token_urlsafe(32)}
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(path)]
        done = subprocess.run(
            command,
            env={**ONE_THREAD, **os.environ, **secret, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StartError(f"supervisord did not start: {done.stderr.strip() or done.stdout.strip()}")
    waiting = dict(layout.health)
    while waiting:
        for name in [name for name, url in waiting.items() if is_healthy(url)]:
            del waiting[name]
            say(f"{name} is ready ({time.monotonic() - began:.1f} s)")
        if time.monotonic() - began > START_SECONDS:
            raise StartError(why_not(layout, list(waiting), START_SECONDS))
        time.sleep(0.1)
    return time.monotonic() - began


def restart(layout: Layout, name: str) -> bool:
    """Stop and start one process, so that it reads what is new. False when nothing is running."""
    proxy = supervisor(layout)
    if proxy is None:
        return False
    try:
        proxy.supervisor.stopProcess(name)
    except xmlrpc.client.Fault as problem:
        if problem.faultCode != Faults.NOT_RUNNING:
            raise
    proxy.supervisor.startProcess(name)
    return True


def wait_until_healthy(layout: Layout, name: str) -> None:
    """Wait until a process that was started anew answers. Raises StartError: it ended again and again, or took too long."""
    deadline, pids = time.monotonic() + RESTART_SECONDS, set[int]()
    while not is_healthy(layout.health[name]):
        pids |= {pid for each, pid in _pids(layout) if each == name and pid}
        if len(pids) >= GIVE_UP_AT or time.monotonic() > deadline:
            raise StartError(why_not(layout, [name], RESTART_SECONDS))
        time.sleep(0.1)


def stop(layout: Layout) -> bool:
    """Stop everything. False when nothing was running."""
    proxy = supervisor(layout)
    if proxy is None:
        return False
    pid = int(str(proxy.supervisor.getPID()))
    proxy.supervisor.shutdown()
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and _alive(pid):
        time.sleep(0.1)
    if _alive(pid):
        raise StartError(
            f"supervisord (process {pid}) is still stopping its processes; look at {layout.var / 'log' / 'supervisord.log'}"
        )
    return True


def states(layout: Layout) -> list[tuple[str, str, str]]:
    """(process, supervisord's state, its description) of each process; empty when nothing runs."""
    proxy = supervisor(layout)
    if proxy is None:
        return []
    rows: object = proxy.supervisor.getAllProcessInfo()
    assert isinstance(rows, list), "supervisord's documented answer"
    return [(row["name"], row["statename"], row["description"]) for row in rows]


def _pids(layout: Layout) -> list[tuple[str, int]]:
    proxy = supervisor(layout)
    rows: object = proxy.supervisor.getAllProcessInfo() if proxy else []
    assert isinstance(rows, list), "supervisord's documented answer"
    return [(row["name"], row["pid"]) for row in rows]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _refuse_taken_ports(layout: Layout) -> None:
    settings = {"JOBSEEKER_PORT": (layout.host, layout.port), "JOBSEEKER_RASA_PORT": ("127.0.0.1", layout.rasa_port),
                "JOBSEEKER_ACTIONS_PORT": ("127.0.0.1", layout.actions_port)}  # fmt: skip
    for name, (host, port) in settings.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as problem:
                raise StartError(
                    f"port {port} on {host} is taken by another program ({problem.strerror}). "
                    f"Stop it (sudo ss -ltnp 'sport = :{port}' names it) or choose another: {name}=… make up"
                ) from problem


def why_not(layout: Layout, waiting: list[str], seconds: float) -> str:
    """What is not ready after so long, with the end of each log."""
    lines = [f"not ready (waited for {seconds:.0f} s at most): {', '.join(waiting)}"]
    for name in waiting:
        log = layout.var / "log" / f"{name}.log"
        lines.append(f"--- the end of {log}")
        lines += log.read_text("utf-8", "replace").splitlines()[-12:] if log.exists() else ["(nothing written)"]
    return "\n".join(lines)
