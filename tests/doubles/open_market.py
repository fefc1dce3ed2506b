"""The small market of vacancy_world.py in the database of a running service, with dates of today."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from jobseeker.clock import local_day
from store.engine import create_engines
from store.unit_of_work import SqlStore
from tests.doubles.vacancy_world import COURSES, DAY, VACANCIES
from tests.stack import Stack


def open_market(stack: Stack) -> Mapping[str, int]:
    """Put vacancies and courses in; source id -> id."""
    now = datetime.now(timezone.utc)
    later = local_day(now) - DAY

    def moved(day: date | None) -> date | None:
        return None if day is None else day + later

    async def fill() -> Mapping[str, int]:
        engines = create_engines(f"sqlite+aiosqlite:///{stack.var / 'jobseeker.db'}")
        store = SqlStore(engines)
        vacancies = [
            replace(one, posted_on=one.posted_on + later, expires_on=local_day(now) + timedelta(days=60))
            for one in VACANCIES
        ]
        courses = [replace(one, starts_on=moved(one.starts_on), ends_on=moved(one.ends_on)) for one in COURSES]
        async with store.write() as work:
            await work.vacancies.put(vacancies, now=now, today=local_day(now))
            await work.courses.put(courses, now=now, today=local_day(now))
        async with store.read() as work:
            ids = {**await work.vacancies.ids_of_source("sample"), **await work.courses.ids_of_source("sample")}
        await engines.dispose()
        return ids

    return asyncio.run(fill())
