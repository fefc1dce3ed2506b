"""Telegram's Bot API: takes what its machine-readable description allows, refuses unescaped MarkdownV2, sends updates."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tests.doubles.platforms.specification import specifications_are_here, telegram_schemas
from tests.doubles.platforms.standin import Shown, StandIn, break_off

TOKEN, SECRET = "12345:telegram-bot-token-for-tests-abcdefgh", "telegram-webhook-secret"
SPECIAL = frozenset("_[]()~`>#+-=|{}.!")
JSON_FIELDS = ("reply_markup", "link_preview_options", "commands", "allowed_updates")


class Platform(StandIn):
    """One bot and the people who write to it."""

    channel = "telegram"

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answered: list[str] = []
        self.typing: list[int] = []
        self.left: list[str] = []
        self.blocked: set[str] = set()
        self.updates: list[dict[str, Any]] = []
        self.conflicts = 0  # so often somebody else is asking for the updates at the same time
        self.first_update = int(time.time())
        self.refused_links: dict[str, str] = {}  # address of a button -> what is said of it
        self.answer: Mapping[str, Any] | None = None  # to sendMessage, in place of what its description has

    def environment(self) -> Mapping[str, str]:
        """As an operator sets it."""
        return {
            "JOBSEEKER_TELEGRAM_BOT_TOKEN": TOKEN,
            "JOBSEEKER_TELEGRAM_WEBHOOK_SECRET": SECRET,
            "JOBSEEKER_TELEGRAM_API_URL": self.url,
        }

    def headers(self, body: bytes) -> Mapping[str, str]:
        """The secret of setWebhook."""
        return {"X-Telegram-Bot-Api-Secret-Token": SECRET}

    def add_routes(self, app: web.Application) -> None:
        """One address for all methods."""
        app.router.add_route("*", "/bot{token}/{method}", self.method)

    async def method(self, request: web.Request) -> web.Response:
        """A call of a method."""
        if request.match_info["token"] != TOKEN:
            return failed(401, "Unauthorized")
        name, given = request.match_info["method"], await self._parameters(request)
        if name == "getUpdates":
            return await self._updates(given)
        fault = await self.fault(request) if name == "sendMessage" else ""
        if fault == "429":
            seconds = self.retry_after_seconds
            return failed(429, f"Too Many Requests: retry after {seconds}", parameters={"retry_after": seconds})
        if fault == "500":
            return failed(500, "Internal Server Error")
        problems = telegram_schemas().problems(name, given) if specifications_are_here() else []
        if problems:
            self.tally.refused += [f"{name} {problem}" for problem in problems]
            return failed(400, f"Bad Request: {problems[0]}")
        self.calls.append((name, given))
        return self._carry_out(request, name, given, fault)

    def _carry_out(self, request: web.Request, name: str, given: dict[str, Any], fault: str) -> web.Response:
        if name == "sendMessage":
            return self._send(request, given, fault)
        if name == "answerCallbackQuery":
            self.answered.append(given["callback_query_id"])
        if name == "sendChatAction":
            self.typing.append(given["chat_id"])
        if name == "leaveChat":
            self.left.append(str(given["chat_id"]))
        return web.json_response({"ok": True, "result": True})

    def _send(self, request: web.Request, given: dict[str, Any], fault: str) -> web.Response:
        chat = str(given["chat_id"])
        if chat in self.blocked:
            return failed(403, "Forbidden: bot was blocked by the user")
        text, problem = given["text"], ""
        if given.get("parse_mode") == "MarkdownV2":
            text, problem = read_markdown(text)
        if problem:
            self.tally.refused.append(problem)
            return failed(400, f"Bad Request: can't parse entities: {problem}")
        if not 0 < len(text.encode("utf-16-le")) // 2 <= 4_096:
            self.tally.refused.append("text: 1 to 4,096 characters")
            return failed(400, "Bad Request: message is too long")
        rows = given.get("reply_markup", {}).get("inline_keyboard", ())
        for button in (button for row in rows for button in row):
            if len(button.get("callback_data", "x").encode()) not in range(1, 65):
                self.tally.refused.append("callback_data: 1 to 64 bytes")
                return failed(400, "Bad Request: BUTTON_DATA_INVALID")
        for button in (button for row in rows for button in row):
            if said := self.refused_links.get(button.get("url", "")):
                return failed(400, f"Bad Request: {said}")
        buttons = tuple((b["text"], b.get("callback_data", b.get("url", ""))) for row in rows for b in row)
        heading, _, rest = text.partition("\n")
        self.show(chat, Shown(text, buttons, heading if rest else ""))
        if fault == "lost":
            break_off(request)
        if self.answer is not None:
            return web.json_response(self.answer)
        made = {
            "message_id": next(self.counter),
            "date": int(time.time()),
            "chat": {"id": given["chat_id"], "type": "private"},
        }
        return web.json_response({"ok": True, "result": {**made, "text": text}})

    async def _updates(self, given: Mapping[str, Any]) -> web.Response:
        """Long polling: those from `offset` on; what is below is confirmed."""
        if self.conflicts:
            self.conflicts -= 1
            return failed(409, "Conflict: terminated by other getUpdates request")
        deadline = time.monotonic() + min(float(given.get("timeout", 0)), 1.0)
        while True:
            offset = int(given.get("offset", 0))
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
            if self.updates or time.monotonic() > deadline:
                return web.json_response({"ok": True, "result": self.updates[:100]})
            await asyncio.sleep(0.02)

    @staticmethod
    async def _parameters(request: web.Request) -> dict[str, Any]:
        """Form fields as the API reads them: numbers, booleans and JSON."""
        given: dict[str, Any] = {}
        for name, value in (await request.post()).items():
            text = str(value)
            if name in JSON_FIELDS:
                given[name] = json.loads(text)
            elif name in ("chat_id", "offset", "timeout") and text.lstrip("-").isdigit():
                given[name] = int(text)
            else:
                given[name] = text
        return given

    # -- what people do ------------------------------------------------------------------------------------------------

    def person(self) -> str:
        """A chat id."""
        return str(1_000_000 + int(self.unique()[:7], 16))

    def update(self, **content: Any) -> bytes:
        """One update."""
        return json.dumps({"update_id": self.first_update + next(self.counter), **content}, ensure_ascii=False).encode()

    def sender(self, person: str, language: str = "") -> dict[str, Any]:
        """A `User`."""
        made = {"id": int(person), "is_bot": False, "first_name": "Someone"}
        return {**made, "language_code": language} if language else made

    def message(self, person: str, **content: Any) -> dict[str, Any]:
        """A `Message` in a private chat."""
        chat = {"id": int(person), "type": "private", "first_name": "Someone"}
        made = {"message_id": next(self.counter), "date": int(time.time()), "chat": chat, "from": self.sender(person)}
        return {**made, **content}

    def text(self, person: str, text: str) -> bytes:
        """A person writes."""
        return self.update(message=self.message(person, text=text))

    def press(self, person: str, data: str) -> bytes:
        """A person presses a button."""
        pressed = {
            "id": self.unique(), "from": self.sender(person), "chat_instance": "1", "data": data,
            "message": self.message(person, text="…"),
        }  # fmt: skip
        return self.update(callback_query=pressed)

    def attachments(self, person: str) -> Mapping[str, bytes]:
        """Every kind of message that is not text."""
        file = {"file_id": "f", "file_unique_id": "u"}
        given: Mapping[str, Mapping[str, Any]] = {
            "sticker": {
                "sticker": {**file, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
            },
            "image": {"photo": [{**file, "width": 1, "height": 1}]},
            "audio": {"voice": {**file, "duration": 2}},
            "video": {"video_note": {**file, "length": 1, "duration": 2}},
            "file": {"document": {**file, "file_name": "履歷.pdf"}},
            "location": {"location": {"latitude": 25.03, "longitude": 121.56}},
            "contact": {"contact": {"phone_number": "1", "first_name": "A"}},
            "other": {"poll": {"id": "1", "question": "?", "options": []}},
        }
        return {kind: self.update(message=self.message(person, **content)) for kind, content in given.items()}

    def strange(self) -> Sequence[bytes]:
        """Updates that need nothing, and one that does not exist yet."""
        person = self.person()
        return [
            self.update(inline_query={"id": "1", "from": self.sender(person), "query": "", "offset": ""}),
            self.update(channel_post={**self.message(person, text="x"), "chat": {"id": -5, "type": "channel"}}),
            self.update(message=self.message(person, pinned_message=self.message(person, text="x"))),
            self.update(something_new={"a": 1}),
            self.update(),
            self.update(message={**self.message(person, text="hello"), "from": {"id": 1, "is_bot": True}}),
        ]


def failed(status: int, description: str, **more: Any) -> web.Response:
    """Telegram's form of an error."""
    return web.json_response({"ok": False, "error_code": status, "description": description, **more}, status=status)


def read_markdown(text: str) -> tuple[str, str]:
    """(what is shown, what is wrong): MarkdownV2 with *bold* and escapes; any other special character must be escaped."""
    shown, bold, escaped = [], False, False
    for place, character in enumerate(text):
        if escaped:
            shown.append(character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "*":
            bold = not bold
        elif character in SPECIAL:
            return "", f"Character '{character}' is reserved and must be escaped at {place}"
        else:
            shown.append(character)
    return "".join(shown), "Can't find end of Bold entity" if bold else ""
