"""The scenes of docs/screenshots with everything real, asserted on: what is in the database afterwards, that axe finds nothing, and small pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e import scenes, side_by_side
from tests.e2e.chat_page import ChatPage
from tests.e2e.conftest import COUNSELLORS
from tests.e2e.console_page import ConsolePage
from tests.e2e.office_days import SUPERVISOR
from tests.e2e.stack import ROOT, Stack, load_sample_vacancies
from tests.e2e.test_accessibility import assert_no_violations

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.model]
KEEP = os.environ.get("JOBSEEKER_SCREENSHOTS", "") == "keep"  # make screenshots
MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, built_pages: Path) -> Iterator[Stack]:
    """Everything as `make up` runs it, with the sample vacancies."""
    if not (ROOT / "models" / "current").is_file():
        pytest.skip("there is no trained model (make train)")
    running = Stack(tmp_path_factory.mktemp("scenes"), real_dialogue=True)
    try:
        running.var.mkdir(parents=True, exist_ok=True)
        load_sample_vacancies(running)
        staff = {login: (name, "counsellor") for login, name in COUNSELLORS.items()}
        running.add_accounts({**staff, SUPERVISOR: ("主任", "supervisor")})
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def stage(
    stack: Stack, chat: Callable[..., ChatPage], console: Callable[..., ConsolePage], tmp_path: Path
) -> Iterator[scenes.Stage]:
    """Keeps the pictures in docs/screenshots or, in a test run, in a folder of its own; every picture is looked at either way."""
    folder, shown = side_by_side.FOLDER if KEEP else tmp_path, []

    def show(name: str, person: ChatPage, desk: ConsolePage) -> None:
        assert name in scenes.PICTURES
        path = folder / f"{name}.png"
        side_by_side.save(path, person.page, desk.page)
        small = not KEEP or path.stat().st_size <= MOST_BYTES  # fonts of another machine may need more
        assert small, f"{name} has {path.stat().st_size} bytes: the repository takes small pictures only"
        with Image.open(path) as picture:
            assert len(set(picture.convert("L").resize((40, 20)).tobytes())) > 5, "an empty picture"
        for page in (person.page, desk.page):
            assert_no_violations(page)
        shown.append(name)

    yield scenes.Stage(stack, chat, console, show)
    assert shown, "the scene shows nothing"


def case_of(stack: Stack, number: str) -> dict[str, object]:
    """What is kept of a case."""
    columns = ("state", "outcome", "rating", "decision", "urgency")
    [row] = stack.rows(f"SELECT {', '.join(columns)} FROM handoff_case WHERE id = ?", number)
    return dict(zip(columns, row, strict=True))


@pytest.mark.parametrize("locale", ["zh-TW", "en-US"])
def test_a_whole_hand_off(stage: scenes.Stage, locale: str) -> None:
    kept = case_of(stage.stack, scenes.handoff(stage, locale))
    assert (kept["state"], kept["outcome"], kept["rating"]) == ("closed", "appointment", 5)


def test_closed_hours(stage: scenes.Stage) -> None:
    scenes.closed_hours(stage)
    assert stage.stack.rows("SELECT count(*) FROM audit WHERE action = 'office_day.added'")[0][0]


def test_a_crisis(stage: scenes.Stage) -> None:
    kept = case_of(stage.stack, scenes.crisis(stage))
    assert (kept["state"], kept["urgency"], kept["rating"]) == ("closed", 0, None)
    seen = stage.stack.rows("SELECT count(*) FROM crisis_flag WHERE acknowledged_at IS NOT NULL")
    assert seen == [(1,)], "claiming is what counts as seen"


def test_a_contested_result(stage: scenes.Stage) -> None:
    number = scenes.contested(stage)
    assert case_of(stage.stack, number)["decision"] == "upheld"
    actions = [row[0] for row in stage.stack.rows("SELECT action FROM audit WHERE case_id = ? ORDER BY id", number)]
    assert actions.index("review.rerun") < actions.index("review.decided")
    boss = stage.counsellor(SUPERVISOR, "zh-TW")
    boss.page.locator(".menu .pageReviews").click()
    boss.page.locator(f"form[data-case='{number}'] input").fill("規則第 12 版：證照也算技能")
    boss.page.locator(f"form[data-case='{number}'] button[type=submit]").click()
    expect(boss.page.locator(".page .told")).to_have_text("已儲存。", timeout=scenes.SLOW)
    assert_no_violations(boss.page)
    assert stage.stack.rows("SELECT change_made FROM handoff_case WHERE id = ?", number) == [
        ("規則第 12 版：證照也算技能",)
    ]
