"""Which contents a result is worked out from again: those of the release it was made with, where they are kept. Decides no more than that."""

from __future__ import annotations

from app.releases.files import ReleaseFolders
from app.settings import Settings
from jobseeker.errors import ReleaseBroken
from jobseeker.storage import Store

LOOKED_AT = 1_000


async def settings_of(settings: Settings, store: Store, knowledge: object) -> Settings:
    """The settings with the contents of the newest release whose knowledge has this version; else of the release in use; else as they are.

    Args:
        knowledge: what a result or an answer carries as `versions["knowledge"]`; None where it carries none.
    """
    if "content_dir" in settings.model_fields_set:  # somebody said which
        return settings
    folders = ReleaseFolders(settings.releases_dir)
    async with store.read() as work:
        releases = await work.releases.newest(LOOKED_AT)
    for release in releases:
        if release.knowledge == knowledge:
            try:
                folders.check(release)
            except (
                ReleaseBroken
            ):  # another one may have the same contents; else what is here answers, and the outcome names both versions
                continue
            return settings.model_copy(update={"content_dir": folders.of(release.number) / "content"})
    if folders.content.is_dir():
        return settings.model_copy(update={"content_dir": folders.content.resolve()})
    return settings
