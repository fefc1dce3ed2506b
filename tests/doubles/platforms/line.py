"""LINE's platform: signs webhooks, takes replies and pushes as its OpenAPI file says, knows reply tokens and retry keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tests.doubles.platforms.specification import line_schemas, specifications_are_here
from tests.doubles.platforms.standin import Shown, StandIn, break_off

SECRET, TOKEN = "line-channel-secret", "line-access-token"
TOKEN_SECONDS = 60.0


class Platform(StandIn):
    """One Official Account and the people who write to it."""

    channel = "line"

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[str, tuple[str, float]] = {}  # reply token -> person or group, when it ends
        self.retry_keys: set[str] = set()
        self.sent: list[dict[str, Any]] = []
        self.loading: list[str] = []
        self.left: list[str] = []
        self.profiles: dict[str, str] = {}
        self.menus: dict[str, Any] = {}
        self.pictures: dict[str, bytes] = {}
        self.aliases: dict[str, str] = {}
        self.linked: dict[str, str] = {}
        self.gone_menus: dict[str, int] = {}  # menus that are not there any more -> the status that says so
        self.linkings: list[tuple[str, str]] = []
        self.default_menu = ""
        self.webhook = ""
        self.token_seconds = TOKEN_SECONDS
        self.token_refused_last = False  # whether it looks at the reply token only after everything else
        self.empty_answers = False  # whether it says `{}` where its specification has more
        self.error_text = b""  # of a 500, as something before the platform writes it

    def environment(self) -> Mapping[str, str]:
        """As an operator sets it."""
        return {
            "JOBSEEKER_LINE_CHANNEL_SECRET": SECRET,
            "JOBSEEKER_LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "JOBSEEKER_LINE_API_URL": self.url,
            "JOBSEEKER_LINE_DATA_API_URL": self.url,
        }

    def headers(self, body: bytes) -> Mapping[str, str]:
        """`X-Line-Signature`."""
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
        return {"X-Line-Signature": base64.b64encode(digest).decode()}

    # -- its API -------------------------------------------------------------------------------------------------------

    def add_routes(self, app: web.Application) -> None:
        """What the connector calls."""
        add = app.router.add_route
        add("POST", "/v2/bot/message/reply", self.reply)
        add("POST", "/v2/bot/message/push", self.push)
        add("POST", "/v2/bot/chat/loading/start", self.load)
        add("GET", "/v2/bot/profile/{user}", self.profile)
        add("POST", "/v2/bot/{kind:group|room}/{id}/leave", self.leave)
        add("POST", "/v2/bot/richmenu", self.make_menu)
        add("DELETE", "/v2/bot/richmenu/{id}", self.drop_menu)
        add("POST", "/v2/bot/richmenu/{id}/content", self.picture)
        add("POST", "/v2/bot/richmenu/alias", self.make_alias)
        add("GET", "/v2/bot/richmenu/alias/{alias}", self.read_alias)
        add("POST", "/v2/bot/richmenu/alias/{alias}", self.change_alias)
        add("POST", "/v2/bot/user/all/richmenu/{id}", self.make_default)
        add("POST", "/v2/bot/user/{user}/richmenu/{id}", self.link)
        add("PUT", "/v2/bot/channel/webhook/endpoint", self.set_webhook)

    async def _body(self, request: web.Request, schema: str) -> tuple[Any, web.Response | None]:
        """(the body, an answer that ends the call)."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return None, error(401, "Authentication failed")
        body = json.loads(await request.read())
        problems = line_schemas("messaging-api").problems(schema, body) if specifications_are_here() else []
        problems += [text for message in body.get("messages", ()) for text in self.refusals(message)]
        if problems:
            self.tally.refused += problems
            return None, error(400, "The request body has 1 error(s)", details=problems)
        return body, None

    async def _failure(self, request: web.Request) -> tuple[web.Response | None, str]:
        """(an answer instead of the work, a fault for after it)."""
        kind = await self.fault(request)
        if kind == "429":
            return error(429, "Too many requests", {"Retry-After": str(self.retry_after_seconds)}), ""
        if kind == "500" and self.error_text:
            return web.Response(status=500, body=self.error_text, content_type="text/html"), ""
        return (error(500, "Internal Server Error"), "") if kind == "500" else (None, kind)

    @staticmethod
    def refusals(message: Mapping[str, Any]) -> list[str]:
        """What the reference says in prose: lengths that the file does not have."""
        found = []
        text = message.get("text", "x")
        if message["type"] == "text" and not 0 < len(text.encode("utf-16-le")) // 2 <= 5_000:
            found.append("text: 1 to 5,000 characters")
        for item in message.get("quickReply", {}).get("items", ()):
            if not 0 < len(item["action"].get("label", "")) <= 20:
                found.append("quickReply label: 1 to 20 characters")
        if message["type"] == "flex":
            contents = message["contents"]
            bubbles = contents["contents"] if contents["type"] == "carousel" else [contents]
            if not 0 < len(bubbles) <= 12:
                found.append("carousel: 1 to 12 bubbles")
            if not 0 < len(message["altText"]) <= 400:
                found.append("altText: 1 to 400 characters")
            found += empty_texts(contents)
        if "line" in message.get("sender", {}).get("name", "").lower():
            found.append("sender.name: the platform's own name")
        return found

    async def reply(self, request: web.Request) -> web.Response:
        """POST /v2/bot/message/reply: a token is good once, for about a minute."""
        body, refused = await self._body(request, "ReplyMessageRequest")
        if refused is not None:
            return refused
        person, until = self.tokens.get(body["replyToken"], ("", 0.0))
        invalid = time.monotonic() > until
        if invalid and not self.token_refused_last:
            return error(400, "Invalid reply token")
        failed, fault = await self._failure(request)
        if failed is not None:
            return failed
        if invalid or self.tokens.pop(body["replyToken"], None) is None:  # used by another request meanwhile
            return error(400, "Invalid reply token")
        return self._take(request, person, body["messages"], "reply", fault)

    async def push(self, request: web.Request) -> web.Response:
        """POST /v2/bot/message/push: the same retry key is taken once."""
        body, refused = await self._body(request, "PushMessageRequest")
        if refused is not None:
            return refused
        failed, fault = await self._failure(request)
        if failed is not None:
            return failed
        key = request.headers.get("X-Line-Retry-Key", "")
        if key in self.retry_keys:
            return error(409, "The retry key is already accepted", {"X-Line-Accepted-Request-Id": "1"})
        if key:
            self.retry_keys.add(key)
        return self._take(request, body["to"], body["messages"], "push", fault)

    def _take(self, request: web.Request, person: str, messages: Any, by: str, fault: str) -> web.Response:
        self.sent.append({"to": person, "by": by, "messages": messages})
        for message in messages:
            self.show(person, shown(message))
        if fault == "lost":
            break_off(request)
        made = [{"id": str(next(self.counter)), "quoteToken": "q"} for _ in messages]
        return web.json_response({} if self.empty_answers else {"sentMessages": made})

    async def load(self, request: web.Request) -> web.Response:
        """POST /v2/bot/chat/loading/start."""
        body, refused = await self._body(request, "ShowLoadingAnimationRequest")
        if refused is not None:
            return refused
        self.loading.append(body["chatId"])
        return web.json_response({}, status=202)

    async def profile(self, request: web.Request) -> web.Response:
        """GET /v2/bot/profile/{userId}."""
        user = request.match_info["user"]
        value = {"userId": user, "displayName": "someone"}
        if user in self.profiles:
            value["language"] = self.profiles[user]
        return web.json_response({} if self.empty_answers else value)

    async def leave(self, request: web.Request) -> web.Response:
        """POST /v2/bot/group/{groupId}/leave."""
        self.left.append(request.match_info["id"])
        return web.json_response({})

    # -- rich menus ----------------------------------------------------------------------------------------------------

    async def make_menu(self, request: web.Request) -> web.Response:
        """POST /v2/bot/richmenu."""
        body, refused = await self._body(request, "RichMenuRequest")
        if refused is not None:
            return refused
        menu_id = f"richmenu-{next(self.counter)}"
        self.menus[menu_id] = body
        return web.json_response({"richMenuId": menu_id})

    async def drop_menu(self, request: web.Request) -> web.Response:
        """DELETE /v2/bot/richmenu/{richMenuId}."""
        return web.json_response({}, status=200 if self.menus.pop(request.match_info["id"], None) else 404)

    async def picture(self, request: web.Request) -> web.Response:
        """POST /v2/bot/richmenu/{richMenuId}/content."""
        if request.content_type not in ("image/png", "image/jpeg"):
            return error(400, "The content type is not supported")
        self.pictures[request.match_info["id"]] = await request.read()
        return web.json_response({})

    async def make_alias(self, request: web.Request) -> web.Response:
        """POST /v2/bot/richmenu/alias."""
        body, refused = await self._body(request, "CreateRichMenuAliasRequest")
        if refused is not None:
            return refused
        self.aliases[body["richMenuAliasId"]] = body["richMenuId"]
        return web.json_response({})

    async def read_alias(self, request: web.Request) -> web.Response:
        """GET /v2/bot/richmenu/alias/{richMenuAliasId}."""
        name = request.match_info["alias"]
        if name not in self.aliases:
            return error(404, "richmenu alias not found")
        value = {"richMenuAliasId": name, "richMenuId": self.aliases[name]}
        return web.json_response({} if self.empty_answers else value)

    async def change_alias(self, request: web.Request) -> web.Response:
        """POST /v2/bot/richmenu/alias/{richMenuAliasId}."""
        body, refused = await self._body(request, "UpdateRichMenuAliasRequest")
        if refused is not None:
            return refused
        self.aliases[request.match_info["alias"]] = body["richMenuId"]
        return web.json_response({})

    async def make_default(self, request: web.Request) -> web.Response:
        """POST /v2/bot/user/all/richmenu/{richMenuId}."""
        self.default_menu = request.match_info["id"]
        return web.json_response({})

    async def link(self, request: web.Request) -> web.Response:
        """POST /v2/bot/user/{userId}/richmenu/{richMenuId}."""
        user, menu = request.match_info["user"], request.match_info["id"]
        self.linkings.append((user, menu))
        if menu in self.gone_menus:
            return error(self.gone_menus[menu], "richmenu not found")
        self.linked[user] = menu
        return web.json_response({})

    async def set_webhook(self, request: web.Request) -> web.Response:
        """PUT /v2/bot/channel/webhook/endpoint."""
        body, refused = await self._body(request, "SetWebhookEndpointRequest")
        if refused is not None:
            return refused
        self.webhook = body["endpoint"]
        return web.json_response({})

    # -- what people do ------------------------------------------------------------------------------------------------

    def person(self) -> str:
        """A user id."""
        return "U" + self.unique()

    def token(self, target: str) -> str:
        """A reply token for what `target` did just now."""
        token = self.unique()
        self.tokens[token] = (target, time.monotonic() + self.token_seconds)
        return token

    def event(self, kind: str, source: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """One event, as the webhook specification has it."""
        return {
            "type": kind,
            "mode": "active",
            "timestamp": int(time.time() * 1000),
            "source": dict(source),
            "webhookEventId": "01" + self.unique()[:24].upper(),
            "deliveryContext": {"isRedelivery": False},
            **more,
        }

    def body(self, *events: Mapping[str, Any]) -> bytes:
        """A webhook request."""
        value = {"destination": "U" + "0" * 32, "events": list(events)}
        return json.dumps(value, ensure_ascii=False).encode()

    def message(self, person: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """A message event of a person."""
        source = {"type": "user", "userId": person}
        quotable = {"quoteToken": "q"} if message["type"] in ("text", "sticker", "image", "video") else {}
        given = {"id": str(next(self.counter)), **quotable, **message}
        return self.event("message", source, replyToken=self.token(person), message=given)

    def text(self, person: str, text: str) -> bytes:
        """A person writes."""
        return self.body(self.message(person, {"type": "text", "text": text}))

    def press(self, person: str, data: str) -> bytes:
        """A person presses a button."""
        source = {"type": "user", "userId": person}
        return self.body(self.event("postback", source, replyToken=self.token(person), postback={"data": data}))

    def attachments(self, person: str) -> Mapping[str, bytes]:
        """Every kind of message that is not text."""
        provider = {"contentProvider": {"type": "line"}}
        given: Mapping[str, Mapping[str, Any]] = {
            "sticker": {"type": "sticker", "packageId": "1", "stickerId": "2", "stickerResourceType": "STATIC"},
            "image": {"type": "image", **provider},
            "audio": {"type": "audio", "duration": 1200, **provider},
            "video": {"type": "video", "duration": 1200, **provider},
            "file": {"type": "file", "fileName": "履歷.pdf", "fileSize": 9},
            "location": {"type": "location", "latitude": 25.03, "longitude": 121.56, "address": "臺北市信義區"},
        }
        return {kind: self.body(self.message(person, message)) for kind, message in given.items()}

    def strange(self) -> Sequence[bytes]:
        """Events that need nothing, and one that does not exist yet."""
        user = {"type": "user", "userId": self.person()}
        events = [
            self.event("videoPlayComplete", user, replyToken="x", videoPlayComplete={"trackingId": "t"}),
            self.event("beacon", user, replyToken="x", beacon={"hwid": "1", "type": "enter"}),
            self.event("accountLink", user, replyToken="x", link={"result": "ok", "nonce": "n"}),
            self.event("botSuspended", user),
            self.event("somethingNew", user, somethingNew={"a": 1}),
            {**self.message(user["userId"], {"type": "text", "text": "standby"}), "mode": "standby"},
        ]
        return [self.body(), *(self.body(event) for event in events)]

    def again(self, body: bytes) -> bytes:
        """With `isRedelivery`, and the same event id."""
        value = json.loads(body)
        for event in value["events"]:
            event["deliveryContext"]["isRedelivery"] = True
        return json.dumps(value, ensure_ascii=False).encode()


def error(
    status: int, message: str, headers: Mapping[str, str] | None = None, details: Sequence[str] = ()
) -> web.Response:
    """LINE's form of an error."""
    value = {"message": message, "details": [{"message": detail} for detail in details]}
    return web.json_response(value, status=status, headers=dict(headers or {}))


def empty_texts(component: Any) -> list[str]:
    """Flex texts without text, which the platform refuses."""
    if isinstance(component, list):
        return [found for item in component for found in empty_texts(item)]
    if not isinstance(component, dict):
        return []
    own = ["flex text: empty"] if component.get("type") == "text" and not component.get("text") else []
    return own + [found for value in component.values() for found in empty_texts(value)]


def shown(message: Mapping[str, Any]) -> Shown:
    """A message as a person sees it."""
    actions = [item["action"] for item in message.get("quickReply", {}).get("items", ())]
    actions += postbacks(message.get("contents"))
    buttons = tuple((action["label"], action.get("data", action.get("uri", ""))) for action in actions)
    return Shown(message.get("text", message.get("altText", "")), buttons, message.get("sender", {}).get("name", ""))


def postbacks(component: Any) -> list[Any]:
    """The actions of a Flex message."""
    if isinstance(component, list):
        return [found for item in component for found in postbacks(item)]
    if not isinstance(component, dict):
        return []
    own = [component["action"]] if "action" in component else []
    return own + [found for value in component.values() for found in postbacks(value)]
