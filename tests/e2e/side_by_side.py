"""Puts a jobseeker's page and a counsellor's page beside each other in one small picture. What is shown is scenes.py."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.e2e.stack import ROOT

FOLDER = ROOT / "docs" / "screenshots"
COLOURS = 16
GAP, GROUND = 12, (90, 104, 98)
JOBSEEKER = {"viewport": {"width": 400, "height": 800}, "device_scale_factor": 0.75, "timezone_id": "Asia/Taipei"}
COUNSELLOR = {"viewport": {"width": 1360, "height": 800}, "device_scale_factor": 0.75, "timezone_id": "Asia/Taipei"}


def save(path: Path, jobseeker: Page, counsellor: Page) -> None:
    """Write the two pages as they are now into one PNG with a palette."""
    left, right = (
        Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))) for page in (jobseeker, counsellor)
    )
    whole = Image.new("RGB", (left.width + GAP + right.width, max(left.height, right.height)), GROUND)
    whole.paste(left, (0, 0))
    whole.paste(right, (left.width + GAP, 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    whole.quantize(palette=_palette(whole), dither=Image.Dither.NONE).save(path, "PNG", optimize=True)


def _palette(picture: Image.Image) -> Image.Image:
    """The commonest colours as they are: pages are flat areas, and what lies between is the edges of letters."""
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    channels = [channel for _, colour in counted[:COLOURS] for channel in colour]
    found = Image.new("P", (1, 1))
    found.putpalette(channels + channels[:3] * (256 - len(channels) // 3))
    return found
