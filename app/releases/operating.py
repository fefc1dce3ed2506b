"""What an operator does with releases on one machine: take, activate, go back, and what `jobseeker up` does by itself. The rules are in the use case."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from app import processes
from app.database import open_database
from app.releases.files import Difference, ReleaseFolders, read_release
from app.settings import Settings
from jobseeker.clock import SystemClock
from jobseeker.errors import NoSuchRelease, ReleaseBroken, SignatureMissing
from jobseeker.releases import Release, Standing, changed_parts, did_not_come_up, served_before
from jobseeker.usecases.manage_releases import ManageReleases
from store.migrate import upgrade
from store.unit_of_work import SqlStore

ACTOR = "command line"
BY_UP = "jobseeker up"
Say = Callable[[str], None]
T = TypeVar("T")


class Releases:
    """The releases of one installation, for its command line."""

    def __init__(self, settings: Settings, layout: processes.Layout, say: Say) -> None:
        self.settings, self.layout, self.say = settings, layout, say
        self.folders = ReleaseFolders(settings.releases_dir)

    def all(self) -> Sequence[Standing]:
        """The newest first."""
        return self._run(lambda manage: manage.all())

    def current(self) -> Release | None:
        """What is served."""
        return self._run(lambda manage: manage.current())

    def take(self, note: str) -> Release:
        """Keep the working tree and its model as a release; the one that is kept where it is the same."""
        root, models = self.layout.root, self.layout.root / "models"
        now = SystemClock().now()
        found = read_release(root, models, self.settings.country, by=ACTOR, note=note, at=now)
        kept = self._run(lambda manage: manage.take(found))
        self.folders.keep(kept, root, models)
        return kept

    def activate(self, number: int, reason: str) -> Release:
        """Serve a release from now on. What runs is started anew with it; where that fails, the one before is served again.

        Raises:
            NoSuchRelease, SignatureMissing, MalformedRequest: see ManageReleases.activate.
            ReleaseBroken: its files are not what was kept, or it does not come up.
        """
        before = self.current()
        wanted = self._get(number)
        self.folders.check(wanted)
        self._run(lambda manage: manage.activate(number, actor=ACTOR, reason=reason))
        self.folders.use(number)
        self._forget_old()
        try:
            self._start_anew(before, wanted)
        except processes.StartError as problem:
            if before is None:
                raise ReleaseBroken(f"release {number} does not come up: {problem}") from problem
            back = did_not_come_up(number)
            self._run(lambda manage: manage.activate(before.number, actor=ACTOR, reason=back))
            self.folders.use(before.number)
            self._start_anew(wanted, before)
            raise ReleaseBroken(f"{back}; release {before.number} is served again. {problem}") from problem
        return wanted

    def go_back(self, reason: str) -> Release:
        """Serve what was served before. Raises as `activate`; NoSuchRelease: there was nothing before."""
        return self.activate(self._run(lambda manage: manage.before_this()).number, reason)

    def compare(self, before: int, after: int) -> Sequence[Difference]:
        """What changes from one to the other. Raises NoSuchRelease, ReleaseBroken."""
        return self.folders.differences(self._get(before), self._get(after))

    def ready(self) -> Path:
        """What `jobseeker up` does: the working tree becomes a release and is served, unless it has to be signed first.

        Returns:
            The content folder to serve.

        Raises:
            ReleaseBroken: what is to be served is not on this machine as it was kept.
        """
        active, taken = self.current(), self.take(BY_UP)
        if active is None or active.number != taken.number:
            if active is not None and (why := self._taken_out(taken.number)):
                self.say(
                    f"release {taken.number}, which this checkout holds, was taken out of service ({why}): release {active.number} is served. "
                    f"Serve it again with: jobseeker release activate {taken.number}"
                )
            else:
                try:
                    self.activate(taken.number, BY_UP)
                    self.say(f"release {taken.number} is served: {_named(active, taken)}")
                    return self.folders.content
                except SignatureMissing as missing:
                    assert active is not None, "the first release waits for nobody"
                    self.say(f"{missing.detail}. Release {active.number} is served until then.")
        serve = active or taken
        self.folders.check(serve)
        self.folders.use(serve.number)
        return self.folders.content

    def _taken_out(self, number: int) -> str:
        """Why somebody chose another release after this one; "" where nobody did, or only `up` with a newer checkout."""
        served = self._run(lambda manage: manage.history())
        mine = [place for place, each in enumerate(served) if each.release == number]
        after = served[mine[-1] + 1 :] if mine else []
        return next((each.reason for each in after[:1] if each.reason != BY_UP), "")

    def _get(self, number: int) -> Release:
        found = next((one.release for one in self.all() if one.release.number == number), None)
        if found is None:
            raise NoSuchRelease(f"no release {number}; jobseeker release list shows them")
        return found

    def _forget_old(self) -> None:
        spare = [one.release.number for one in self.all() if one.active or one.waits]
        before = served_before(self._run(lambda manage: manage.history()))
        spare += [before] if before is not None else []  # one must be able to go back to it
        if gone := self.folders.forget_old(spare):
            self.say(f"files of old releases deleted: {', '.join(map(str, gone))}")

    def _start_anew(self, before: Release | None, after: Release) -> None:
        """Start anew what reads something that changed, one after the other, each healthy before the next. Raises StartError."""
        changed = set(changed_parts(before, after))
        names = ["rasa"] if "model" in changed else []
        names += ["actions", "gateway"] if changed - {"model"} else []
        for name in names:
            if processes.restart(self.layout, name):
                processes.wait_until_healthy(self.layout, name)
                self.say(f"{name} serves release {after.number}")

    def _run(self, do: Callable[[ManageReleases], Awaitable[T]]) -> T:
        return asyncio.run(self._done(do))

    async def _done(self, do: Callable[[ManageReleases], Awaitable[T]]) -> T:
        engines = open_database(self.settings)
        try:
            await upgrade(engines)
            return await do(ManageReleases(SqlStore(engines), SystemClock()))
        finally:
            await engines.dispose()


def _named(active: Release | None, taken: Release) -> str:
    return "the first one" if active is None else f"{', '.join(changed_parts(active, taken))} changed"
