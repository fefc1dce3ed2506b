"""What the actions work with: read access to the store, the clock, and what is loaded once at start. No writing, no wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.database import open_database
from app.settings import Settings
from app.vacancy_tools import build_vacancy_tools
from content import load_pack
from content.offices import load_calendar
from content.places import load_places
from content.rules import actions_of_acts
from content.taxonomy import load_taxonomy
from jobseeker.benefits.clock_dialogue import ClockDialogue
from jobseeker.benefits.dialogue import CaseDialogue
from jobseeker.clock import TAIPEI, Clock, SystemClock
from jobseeker.profile.dialogue import ProfileDialogue
from jobseeker.resume.dialogue import ResumeDialogue
from jobseeker.usecases.make_resume import MakeResume
from jobseeker.usecases.talk_about_case import TalkAboutCase
from jobseeker.usecases.talk_about_privacy import TalkAboutPrivacy
from jobseeker.usecases.talk_about_profile import TalkAboutProfile
from jobseeker.usecases.talk_about_vacancies import TalkAboutVacancies
from language.asking import WishReader
from language.case_reader import SpokenCaseReader
from language.contact import read_contact
from language.remarks import read_remark
from language.resume_reader import ResumeReader
from language.skills import SkillReader
from store.engine import Engines
from store.unit_of_work import SqlStore

CONNECTIONS = 4  # actions are short, and one server process answers


@dataclass(frozen=True)
class Desk:
    """Given to the actions (actions/serve.py). What must be kept is sent to the gateway as a command, never written here.

    action_of: act -> the action that data/rules has for it.
    """

    settings: Settings
    clock: Clock
    engines: Engines
    store: SqlStore
    action_of: Mapping[str, str]
    talk_about_profile: TalkAboutProfile
    make_resume: MakeResume
    talk_about_vacancies: TalkAboutVacancies
    talk_about_case: TalkAboutCase
    talk_about_privacy: TalkAboutPrivacy

    async def close(self) -> None:
        """Close the database."""
        await self.engines.dispose()


def build_desk(settings: Settings, *, clock: Clock | None = None) -> Desk:
    """Build it; opens no connection yet.

    Raises:
        ContentError: a file is wrong.
        ValueError: the database URL is of a kind we do not serve.
    """
    clock = clock or SystemClock()
    taxonomy = load_taxonomy(settings.content_dir)
    places = load_places(settings.content_dir, settings.country)
    reader = SkillReader(taxonomy, places)
    engines = open_database(settings, pool_size=CONNECTIONS)
    store = SqlStore(engines)
    tools = build_vacancy_tools(settings, store, WishReader(reader))
    profiles = TalkAboutProfile(store, ProfileDialogue(reader, ResumeReader(reader), read_remark, taxonomy, places))
    pack = load_pack(settings.content_dir, settings.country)
    cases = CaseDialogue(SpokenCaseReader(), read_remark, pack.figures, {"knowledge": pack.version})
    days = ClockDialogue(
        SpokenCaseReader(),
        read_remark,
        pack.figures,
        load_calendar(settings.content_dir, settings.country).holiday,
        TAIPEI,
    )
    return Desk(
        settings=settings,
        clock=clock,
        engines=engines,
        store=store,
        action_of=actions_of_acts(settings.content_dir),
        talk_about_profile=profiles,
        make_resume=MakeResume(profiles, ResumeDialogue(read_remark, read_contact)),
        talk_about_vacancies=TalkAboutVacancies(store, clock, tools.toolbox),
        talk_about_case=TalkAboutCase(clock, cases, days),
        talk_about_privacy=TalkAboutPrivacy(store),
    )
