"""A small labour market for tests of the vacancy dialogue: real taxonomy, places, reader and ranking; a few vacancies and courses in a real store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.settings import Settings
from app.vacancy_tools import VacancyTools, build_vacancy_tools
from jobseeker.journeys.memory import Memory
from jobseeker.journeys.toolbox import Step
from jobseeker.messages import Outcome, Reply, Say, act_of_command, parse_command
from jobseeker.usecases.talk_about_vacancies import HeardWish, TalkAboutVacancies
from jobseeker.vacancies import Course, Pay, Vacancy
from language.asking import WishReader
from language.skills import SkillReader
from tests.doubles.kit import Kit, Started

DAY = date(2026, 11, 23)  # the kit's day in Taipei
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
WAREHOUSE = ("warehouse_work", "goods_receiving", "inventory_count", "stock_control", "computer_basics")


def _vacancy(number: int, title: str, other: str, **given: Any) -> Vacancy:
    facts: dict[str, Any] = {
        "id": 0,
        "source": "sample",
        "source_id": f"v{number}",
        "title": title,
        "employer": f"第{number}測試公司",
        "text": f"{title}。" + "工作內容與環境說明，供測試使用。" * 12,
        "language": "zh",
        "posted_on": DAY - timedelta(days=number),
        "expires_on": DAY + timedelta(days=60),
        "url": f"https://example.org/v{number}",
        "title_other": {"en": other},
        "hours": "full_time",
        "contract": "permanent",
        "shifts": ("day",),
    }
    return Vacancy(**{**facts, **given})


VACANCIES = (
    _vacancy(1, "倉管人員", "Warehouse clerk", occupation_id="warehouse_clerk", essential_skills=WAREHOUSE[:3],
             optional_skills=("forklift_driving",), pay=Pay(Decimal(34000), Decimal(38000)), place_id="tw_taoyuan_zhongli"),
    _vacancy(2, "堆高機司機", "Forklift driver", occupation_id="forklift_driver",
             essential_skills=("forklift_driving", "loading_unloading", "safety_awareness"), licences=("licence_forklift",),
             pay=Pay(Decimal(38000), Decimal(45000)), place_id="tw_taoyuan_luzhu", shifts=("day", "rotating")),
    _vacancy(3, "大夜倉儲理貨員", "Night shift picker", occupation_id="warehouse_picker",
             essential_skills=("picking", "packing", "warehouse_work"), pay=Pay(Decimal(42000)), place_id="tw_taoyuan_yangmei",
             shifts=("night",)),
    _vacancy(4, "假日理貨工讀", "Weekend picker", occupation_id="warehouse_picker", essential_skills=("picking", "packing"),
             pay=Pay(Decimal(200), Decimal(220), "hour"), place_id="tw_taoyuan_pingzhen", hours="part_time", shifts=("weekend",)),
    _vacancy(5, "倉儲組長", "Warehouse team leader", occupation_id="warehouse_clerk",
             essential_skills=(*WAREHOUSE, "excel"), pay=Pay(), place_id="tw_taoyuan_daxi"),
    _vacancy(6, "辦公室清潔員", "Office cleaner", occupation_id="cleaner",
             essential_skills=("cleaning_general", "office_cleaning"), pay=Pay(Decimal(190), None, "hour"), place_id="tw_taipei_daan",
             hours="part_time"),
    _vacancy(7, "會計助理", "Accounting clerk", occupation_id="accounting_clerk",
             essential_skills=("bookkeeping", "excel", "invoicing"), pay=Pay(Decimal(33000), Decimal(36000)),
             place_id="tw_taoyuan_taoyuan"),
    _vacancy(8, "照顧服務員", "Care attendant", occupation_id="care_attendant",
             essential_skills=("elder_care", "personal_care"), licences=("licence_care_training",),
             pay=Pay(Decimal(36000)), place_id="tw_taoyuan_bade", shifts=("rotating",)),
    _vacancy(9, "廚房助手", "Kitchen helper", occupation_id="kitchen_helper",
             essential_skills=("dishwashing", "food_preparation"), pay=Pay(Decimal(32000)), place_id="tw_taoyuan_zhongli",
             shifts=("evening",)),
)  # fmt: skip
UNNAMED = _vacancy(
    10, "急徵人員", "Staff wanted", pay=Pay(Decimal(50000)), place_id="tw_taoyuan_zhongli"
)  # of no kind of work


def _course(number: int, title: str, other: str, **given: Any) -> Course:
    facts: dict[str, Any] = {
        "id": 0,
        "source": "sample",
        "source_id": f"c{number}",
        "title": title,
        "provider": "測試職訓中心",
        "text": "課程說明。",
        "language": "zh",
        "title_other": {"en": other},
        "url": f"https://example.org/c{number}",
    }
    return Course(**{**facts, **given})


COURSES = (
    _course(1, "堆高機操作初級班", "Forklift for beginners", skills=("forklift_driving", "licence_forklift"), level=0, hours=40,
            fee=Decimal(8000), subsidy=Decimal("0.8"), credential="堆高機操作技術士（單一級）", starts_on=date(2026, 12, 7),
            ends_on=date(2026, 12, 18), place_id="tw_taoyuan_zhongli"),
    _course(2, "堆高機進階", "Forklift, advanced", skills=("forklift_driving",), level=2, hours=16, fee=Decimal(4000),
            starts_on=date(2026, 12, 1), place_id="tw_taoyuan_taoyuan"),
    _course(3, "Excel 入門", "Excel, first steps", skills=("excel",), level=0, hours=24, fee=Decimal(0), online=True),
    _course(4, "照顧服務員訓練班", "Care attendant training", skills=("licence_care_training", "elder_care", "personal_care"),
            level=0, hours=100, fee=Decimal(9000), subsidy=Decimal(1), starts_on=date(2027, 1, 4), place_id="tw_taipei_daan"),
    _course(5, "倉儲盤點實務", "Stock taking", skills=("inventory_count",), level=1, hours=12, starts_on=date(2026, 10, 1)),
)  # fmt: skip  # the last one has begun


@lru_cache
def real_reader() -> SkillReader:
    """Building one takes a second."""
    from content import load_places, load_taxonomy

    root = Settings().content_dir
    return SkillReader(load_taxonomy(root), load_places(root))


async def fill(kit: Kit) -> Mapping[str, int]:
    """Put them into the store; source id -> id."""
    async with kit.services.store.write() as work:
        await work.vacancies.put(VACANCIES, now=NOW, today=DAY)
        await work.courses.put(COURSES, now=NOW, today=DAY)
    async with kit.services.store.read() as work:
        return {**await work.vacancies.ids_of_source("sample"), **await work.courses.ids_of_source("sample")}


@dataclass
class Walk:
    """One person's way through the dialogue: steps of the journeys, their effects carried out in the store, their says rendered."""

    kit: Kit
    tools: VacancyTools
    started: Started
    memory: Memory = field(default_factory=Memory)
    last: Step | None = None
    handed_on: str = ""
    numbers: list[int] = field(default_factory=list)

    async def say(self, text: str, act: str = "", *, seen: str = "", outcome: Outcome = "answer") -> list[Say]:
        """Words taken for `act`; with an open question `act` "" is the answer to it (`seen`: what the classifier took it for)."""
        return await self._go(text, None, act, seen, outcome)

    async def press(self, payload: str) -> list[Say]:
        """A button."""
        command = parse_command(payload)
        assert command is not None, payload
        return await self._go(payload, payload, act_of_command(command), "")

    async def _go(self, text: str, payload: str | None, act: str, seen: str, outcome: Outcome = "answer") -> list[Say]:
        conversation = await self.kit.conversation(self.started)
        received = await self.kit.say(self.started, text, payload)
        self.numbers.append(received.inbox_id)
        command = parse_command(payload) if payload else None
        talk = TalkAboutVacancies(self.kit.services.store, self.kit.clock, self.tools.toolbox)
        heard = HeardWish(text, command, conversation.variety, received.inbox_id, act or seen, 1.0, outcome, not act)
        talked = await talk(conversation.id, heard, self.memory)
        step, self.handed_on = talked.step, talked.hand_on
        self.memory, self.last = Memory.from_dict(step.memory.to_dict()), step
        self.kit.dialogue.commands.append(list(step.effects))
        await self.kit.work()
        return list(step.says)

    def shown(self, variety: str = "zh-Hant") -> list[Reply]:
        """The last step's replies as a person reads them."""
        assert self.last is not None
        render = self.kit.services.composer.render
        return [render(replace(say), variety=variety, now=NOW, author="bot", owner="bot") for say in self.last.says]

    def text(self, variety: str = "zh-Hant") -> str:
        """All of it: leads and cards."""
        return "\n".join(
            part for reply in self.shown(variety) for part in (reply.text, *(card["text"] for card in reply.cards))
        )

    def payloads(self) -> list[str]:
        """All buttons."""
        return [
            payload
            for reply in self.shown()
            for payload in (
                *(button.payload for button in reply.buttons),
                *(button["payload"] for card in reply.cards for button in card["buttons"]),
            )
        ]


async def walk(kit: Kit, folder: Path, variety: str = "zh-Hant") -> Walk:
    """A new person in the small market. `folder`: for the index, one for each database."""
    tools = build_vacancy_tools(Settings(var_dir=folder), kit.services.store, WishReader(real_reader()))
    return Walk(kit, tools, await kit.start(variety))
