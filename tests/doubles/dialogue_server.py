"""A small stand-in for the Rasa server, as a real process that obeys docs/contracts.md (and can be told to misbehave).

    python -m tests.doubles.dialogue_server --port 18150 --token secret --record /tmp/turns.jsonl

Recorded turns are kept in the file, so that a killed and restarted server replays them, as the real one does. It also
answers the action server's health address. `POST /control {"mode": …, "delay_seconds": …, "next": n}` sets what it does:
mode "answer" | "fail" (503) | "hang" | "die" (exits in the middle of a turn) | "garbage" (200, not the contract) |
"refuse" (401) | "empty"; `next`: for this many turns only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path
from typing import Any

from aiohttp import web

TOPICS = {
    "ui_amount": ("可以領多少", "領多少", "how much"),
    "ui_duration": ("領多久", "how long"),
    "ui_eligibility": ("資格", "誰可以領", "who can"),
    "illegal_dismissal": ("違法解僱", "fired illegally"),
}
ACTS = {
    "talk_to_human": ("真人", "a person", "human"),
    "greet": ("你好", "hello", "hi"),
    "thanks": ("謝謝", "thank"),
    "out_of_scope": ("天氣", "weather"),
}


def understand(text: str, command: str) -> dict[str, Any]:
    """By keyword. "???" is not understood; "或是" is two topics that are close; "unrenderable" is said with a key there is not."""
    words = command.split()
    if words and words[0] == "/topic":
        return _understanding(f"faq/{words[1]}", 1.0, topics=[words[1]])
    if words and words[0] in ("/help", "/restart"):
        return _understanding(words[0][1:], 1.0)
    if words and words[0] == "/human":
        return _understanding("talk_to_human", 1.0)
    lowered = text.lower()
    topics = [topic for topic, marks in TOPICS.items() if any(mark in lowered for mark in marks)]
    if "???" in text:
        return _understanding("out_of_scope", 0.2, outcome="unsure")
    if "或是" in text:
        return _understanding("faq/ui_amount", 0.5, outcome="clarify", topics=["ui_amount", "ui_duration"])
    if topics:
        return _understanding(f"faq/{topics[0]}", 0.95, topics=topics)
    for act, marks in ACTS.items():
        if any(mark in lowered for mark in marks):
            return _understanding(act, 0.9)
    return _understanding("thanks", 0.8)


def _understanding(
    label: str, confidence: float, *, outcome: str = "answer", topics: list[str] | None = None
) -> dict[str, Any]:
    alternatives = [{"label": "greet", "confidence": 0.02}, {"label": "goodbye", "confidence": 0.01}]
    return {
        "label": label,
        "confidence": confidence,
        "alternatives": alternatives,
        "outcome": outcome,
        "topics": topics or [],
    }


def answer(body: dict[str, Any]) -> dict[str, Any]:
    """The turn for one message."""
    understanding = understand(body["text"], body["command"])
    says: list[dict[str, Any]]
    commands: list[dict[str, Any]] = []
    if understanding["outcome"] == "unsure":
        says = [{"kind": "utterance", "key": "unsure", "params": {}}]
    elif understanding["outcome"] == "clarify":
        labels = [f"faq/{topic}" for topic in understanding["topics"]]
        says = [{"kind": "clarify", "key": "", "params": {"topics": labels}}]
    elif understanding["topics"]:
        says = [{"kind": "faq", "key": topic, "params": {}} for topic in understanding["topics"]]
    elif understanding["label"] == "talk_to_human":
        says, commands = [], [{"name": "request_handoff", "params": {}}]
    else:
        says = [{"kind": "utterance", "key": f"act_{understanding['label']}", "params": {}}]
    if "speak english" in body["text"].lower():
        says = [{"kind": "utterance", "key": "language_switched", "params": {}}]
        commands = [{"name": "set_variety", "params": {"variety": "en"}}]
    if "unrenderable" in body["text"]:
        says = [{"kind": "utterance", "key": "nobody_wrote_this", "params": {}}]
    return {
        "inbox_id": body["inbox_id"],
        "replayed": False,
        "understanding": understanding,
        "says": says,
        "commands": commands,
        "model": "stand-in",
    }


class Server:
    """State of the stand-in."""

    def __init__(self, token: str, record: Path | None) -> None:
        self.token, self.record = token, record
        self.mode, self.delay_seconds, self.next = "answer", 0.0, -1
        self.turns: dict[int, dict[str, Any]] = {}
        self.requests = 0
        self.forgotten: list[int] = []
        if record is not None and record.exists():
            self.turns = {turn["inbox_id"]: turn for turn in map(json.loads, record.read_text("utf-8").splitlines())}

    def application(self) -> web.Application:
        """Its routes."""
        app = web.Application()
        app.router.add_post("/webhooks/jobseeker/turn", self.turn)
        app.router.add_post("/webhooks/jobseeker/forget", self.forget)
        app.router.add_get("/webhooks/jobseeker/health", self.health)
        app.router.add_get("/health", self.health)
        app.router.add_post("/control", self.control)
        app.router.add_get("/control", self.report)
        return app

    async def turn(self, request: web.Request) -> web.Response:
        """One turn, or what `mode` says instead."""
        if request.headers.get("X-Internal-Token") != self.token:
            return web.json_response({"error": {"code": "JS-DLG-002", "message": "wrong token"}}, status=401)
        body = await request.json()
        self.requests += 1
        mode = self.mode
        if self.next >= 0:
            self.next -= 1
            if self.next <= 0:
                self.mode, self.next = "answer", -1
        await asyncio.sleep(self.delay_seconds)
        if mode == "hang":
            await asyncio.sleep(3600)
        if mode == "die":
            os._exit(1)
        if mode == "fail":
            return web.json_response({"error": {"code": "JS-DLG-001", "message": "told to fail"}}, status=503)
        if mode == "refuse":
            return web.json_response({"error": {"code": "JS-DLG-002", "message": "told to refuse"}}, status=401)
        if mode == "garbage":
            return web.Response(text="<html>not the contract</html>")
        known = self.turns.get(body["inbox_id"])
        if known is not None:
            return web.json_response({**known, "replayed": True})
        made = answer(body)
        if mode == "empty":
            made["says"] = []
        self.turns[body["inbox_id"]] = made
        if self.record is not None:
            with self.record.open("a", encoding="utf-8") as file:
                file.write(
                    json.dumps(
                        {**made, "conversation_id": body["conversation_id"], "text": body["text"]}, ensure_ascii=False
                    )
                    + "\n"
                )
                file.flush()
        return web.json_response(made)

    async def forget(self, request: web.Request) -> web.Response:
        """Forget a message."""
        if request.headers.get("X-Internal-Token") != self.token:
            return web.json_response({"error": {"code": "JS-DLG-002", "message": "wrong token"}}, status=401)
        if self.mode == "fail":
            return web.json_response({"error": {"code": "JS-DLG-001", "message": "told to fail"}}, status=503)
        body = await request.json()
        self.forgotten.append(body["inbox_id"])
        return web.json_response({"forgotten": body["inbox_id"] in self.turns})

    async def health(self, _request: web.Request) -> web.Response:
        """Always well."""
        return web.json_response({"status": "ok", "model": "stand-in"})

    async def control(self, request: web.Request) -> web.Response:
        """Set what it does from now on."""
        body = await request.json()
        self.mode, self.next = body.get("mode", self.mode), body.get("next", -1)
        self.delay_seconds = float(body.get("delay_seconds", self.delay_seconds))
        return await self.report(request)

    async def report(self, _request: web.Request) -> web.Response:
        """What it has done."""
        return web.json_response(
            {"mode": self.mode, "requests": self.requests, "turns": sorted(self.turns), "forgotten": self.forgotten}
        )


def main() -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token", default="test-token")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--delay-seconds", type=float, default=0.0)
    parser.add_argument("--mode", default="answer")
    given = parser.parse_args()
    server = Server(given.token, given.record)
    server.mode, server.delay_seconds = given.mode, given.delay_seconds
    web.run_app(server.application(), host="127.0.0.1", port=given.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
