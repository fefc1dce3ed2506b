"""LINE's rich menus, one per language and per who speaks: made by `jobseeker line setup`, linked to a person when it changes."""

from __future__ import annotations

import logging
import subprocess
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp

from connectors.base import SEND_TIMEOUT_SECONDS, Setup
from jobseeker.messages import VARIETIES, Button

log = logging.getLogger(__name__)
REMEMBERED = 50_000  # people whose menu this process knows
LOOK_AGAIN_SECONDS = 300.0  # for a menu that has not been set up: not with every reply
LINK_AGAIN_SECONDS = 60.0  # another gateway may have linked another menu meanwhile
STATES = {False: "bot", True: "counsellor"}
WIDTH, ROW_HEIGHT, COLUMNS = 2_500, 843, 3
BAR_CHARACTERS = 14
FONT_SIZE, MARGIN = 130, 60
INK, PAPER, LINES = "#12324a", "#f4f7fa", "#9fb3c4"
TIMEOUT = aiohttp.ClientTimeout(total=SEND_TIMEOUT_SECONDS)


class NoFontError(ValueError):
    """There is no font that can write the menu; the text says what to install."""


def alias(variety: str, attended: bool) -> str:
    """The name under which a menu is found again ([a-z0-9_-], at most 32)."""
    return f"jobseeker-{variety.lower()}-{STATES[attended]}"


class MenuShelf:
    """Which menu each person has, as far as this process knows. Another gateway may have shown another since: after a while it
    is linked once more, which changes nothing where it is there."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ids: dict[str, str] = {}
        self._missing: dict[str, float] = {}  # name -> when to look again
        self._shown: OrderedDict[str, tuple[str, float]] = OrderedDict()  # person -> name, since when

    async def show(self, api: Any, person: str, variety: str, attended: bool) -> None:
        """Link the menu, unless it is there already or has not been set up."""
        name, now = alias(variety, attended), self._clock()
        shown, since = self._shown.get(person, ("", 0.0))
        if (shown == name and now - since < LINK_AGAIN_SECONDS) or now < self._missing.get(name, 0.0):
            return
        if not await self._link(api, person, name):
            return
        self._shown[person] = name, now
        self._shown.move_to_end(person)
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)

    async def _link(self, api: Any, person: str, name: str) -> bool:
        """Whether there is such a menu. Its id may be an old one: set-up makes new menus under the same names."""
        from linebot.v3.messaging import ApiException

        known = self._ids.get(name, "")
        menu_id = known or await self._find(api, name)
        if not menu_id:
            return False
        try:
            await api.link_rich_menu_id_to_user(person, menu_id, _request_timeout=TIMEOUT)
        except ApiException as problem:
            self._ids.pop(name, None)
            if not known or problem.status not in (400, 404):
                raise
            log.info("the menu is not there any more, looked up again", extra={"menu": name})
            return await self._link(api, person, name)
        return True

    async def _find(self, api: Any, name: str) -> str:
        from linebot.v3.messaging import ApiException

        try:
            self._ids[name] = (await api.get_rich_menu_alias(name, _request_timeout=TIMEOUT)).rich_menu_id
        except ApiException as problem:
            if problem.status != 404:
                raise
            log.info("no rich menu of this name; run: jobseeker line setup", extra={"menu": name})
            self._missing[name] = self._clock() + LOOK_AGAIN_SECONDS
        return self._ids.get(name, "")


def menu_request(name: str, title: str, buttons: Sequence[Button]) -> Mapping[str, Any]:
    """The menu as LINE takes it: up to three areas in one row, up to six in two."""
    rows = [buttons[at : at + COLUMNS] for at in range(0, len(buttons), COLUMNS)]
    areas = []
    for row_number, row in enumerate(rows):
        for column, button in enumerate(row):
            left, right = WIDTH * column // len(row), WIDTH * (column + 1) // len(row)
            bounds = {"x": left, "y": row_number * ROW_HEIGHT, "width": right - left, "height": ROW_HEIGHT}
            action = {
                "type": "postback",
                "label": button.title[:20],
                "data": button.payload,
                "displayText": button.title,
            }
            areas.append({"bounds": bounds, "action": action})
    size = {"width": WIDTH, "height": ROW_HEIGHT * len(rows)}
    return {"size": size, "selected": False, "name": name, "chatBarText": title[:BAR_CHARACTERS], "areas": areas}


async def set_up_menus(api: Any, settings: Any, setup: Setup, path: str) -> Sequence[str]:
    """Make all menus, name them, make the first the default, set the webhook. Done again it replaces them.

    Raises NoFontError.
    """
    from linebot.v3.messaging import AsyncApiClient, AsyncMessagingApiBlob, Configuration, SetWebhookEndpointRequest

    token = settings.channel_access_token.get_secret_value()
    client = AsyncApiClient(Configuration(host=settings.data_api_url.rstrip("/"), access_token=token))
    done: list[str] = []
    try:
        blobs = AsyncMessagingApiBlob(client)
        blobs.line_base_path = settings.data_api_url.rstrip("/")
        for variety in VARIETIES:
            for attended, state in STATES.items():
                name = alias(variety, attended)
                buttons = setup.menu(f"menu_{state}", variety)
                request = menu_request(name, setup.words(f"menu_{state}", variety), buttons)
                menu_id = await _make(api, blobs, name, request, draw(request, buttons, setup.font))
                if not done:
                    await api.set_default_rich_menu(menu_id, _request_timeout=TIMEOUT)
                done.append(f"menu {name}: {menu_id}")
    finally:
        await client.close()
    if setup.public_url:
        endpoint = setup.public_url.rstrip("/") + path
        request = SetWebhookEndpointRequest(endpoint=endpoint)
        await api.set_webhook_endpoint(request, _request_timeout=TIMEOUT)
        done.append(f"webhook {endpoint}")
    return done


async def _make(api: Any, blobs: Any, name: str, request: Mapping[str, Any], picture: bytes) -> str:
    from linebot.v3.messaging import (
        ApiException,
        CreateRichMenuAliasRequest,
        RichMenuRequest,
        UpdateRichMenuAliasRequest,
    )

    made = await api.create_rich_menu(RichMenuRequest.from_dict(dict(request)), _request_timeout=TIMEOUT)
    menu_id = str(made.rich_menu_id)
    await blobs.set_rich_menu_image(
        menu_id, body=picture, _headers={"Content-Type": "image/png"}, _request_timeout=TIMEOUT
    )
    try:
        old = (await api.get_rich_menu_alias(name, _request_timeout=TIMEOUT)).rich_menu_id
    except ApiException as problem:
        if problem.status != 404:
            raise
        new = CreateRichMenuAliasRequest(richMenuAliasId=name, richMenuId=menu_id)
        await api.create_rich_menu_alias(new, _request_timeout=TIMEOUT)
        return menu_id
    await api.update_rich_menu_alias(name, UpdateRichMenuAliasRequest(richMenuId=menu_id), _request_timeout=TIMEOUT)
    await api.delete_rich_menu(old, _request_timeout=TIMEOUT)
    return menu_id


def draw(request: Mapping[str, Any], buttons: Sequence[Button], font_file: Path | None) -> bytes:
    """The menu's picture as PNG: the titles, in areas with lines between. Raises NoFontError."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (request["size"]["width"], request["size"]["height"]), PAPER)
    pen = ImageDraw.Draw(picture)
    font = find_font("".join(button.title for button in buttons), font_file)
    for area, button in zip(request["areas"], buttons, strict=True):
        bounds = area["bounds"]
        box = (bounds["x"], bounds["y"], bounds["x"] + bounds["width"] - 1, bounds["y"] + bounds["height"] - 1)
        pen.rectangle(box, outline=LINES, width=4)
        text = _wrapped(button.title, pen, font, bounds["width"] - 2 * MARGIN)
        middle = (bounds["x"] + bounds["width"] / 2, bounds["y"] + bounds["height"] / 2)
        pen.multiline_text(middle, text, fill=INK, font=font, anchor="mm", align="center", spacing=24)
    saved = BytesIO()
    picture.save(saved, "PNG")
    return saved.getvalue()


def _wrapped(title: str, pen: Any, font: Any, width: int) -> str:
    words = title.split(" ") if " " in title else list(title)
    joint = " " if " " in title else ""
    lines = [words[0]]
    for word in words[1:]:
        longer = lines[-1] + joint + word
        if pen.textlength(longer, font=font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def find_font(text: str, given: Path | None) -> Any:
    """A font that has every character of `text`: the one given, or one that fontconfig knows. Raises NoFontError."""
    from PIL import ImageFont

    for file in [given] if given else _installed():
        try:
            font = ImageFont.truetype(str(file), FONT_SIZE)
        except OSError:
            continue
        nothing = bytes(font.getmask("\U000fffff"))
        if all(bytes(font.getmask(character)) != nothing for character in set(text) - {" "}):
            return font
    raise NoFontError(
        "no font here has all characters of the menu. On Debian: sudo apt-get install fonts-noto-cjk, or name a file with --font"
    )


def _installed() -> list[Path]:
    command = ["fc-match", "--sort", "--format=%{file}\n", "sans:bold:lang=zh-tw"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [Path(line) for line in listed.split("\n") if line.strip()]
