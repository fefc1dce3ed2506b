"""Releases as folders: kept whole, checked, compared, linked to; a gateway refuses a policy that differs from the one in use."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from app.processes import Layout
from app.releases.contents import settings_of
from app.releases.files import KEPT, ReleaseFolders, read_release
from app.releases.guard import refuse_unsigned, unsigned_parts
from app.releases.operating import Releases
from app.settings import Settings
from content import load_pack, load_ranking
from jobseeker.errors import ReleaseBroken, SignatureMissing
from jobseeker.releases import SIGNED_PARTS, Release
from jobseeker.usecases.manage_releases import ManageReleases
from store.engine import create_engines
from store.migrate import upgrade
from tests.doubles.kit import NOW, open_kit

pytestmark = pytest.mark.slow  # with `make test`
RANKING = "packs/tw/policy/ranking.yml"


async def database(folder: Path) -> str:
    """A new one, migrated."""
    url = f"sqlite+aiosqlite:///{folder / 'jobseeker.db'}"
    engines = create_engines(url)
    await upgrade(engines)
    await engines.dispose()
    return url


@pytest.fixture
def tree(root: Path, tmp_path: Path) -> Path:
    """A working tree with the real contents and a model that is none."""
    made = tmp_path / "tree"
    for name in ("packs", "data"):
        shutil.copytree(root / name, made / name)
    for name in ("config.yml", "domain.yml"):
        shutil.copyfile(root / name, made / name)
    (made / "models").mkdir()
    (made / "models" / "jobseeker-1.tar.gz").write_bytes(b"a model")
    (made / "models" / "current").write_text("jobseeker-1.tar.gz\n")
    return made


def taken(tree: Path, folders: ReleaseFolders, number: int) -> Release:
    """As release `number`."""
    found = read_release(tree, tree / "models", "tw", by="command line", note="", at=NOW)
    kept = Release(**{**vars(found), "number": number})
    folders.keep(kept, tree, tree / "models")
    return kept


def change(path: Path, old: str, new: str) -> None:
    """One word of a file."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_release_is_all_that_is_served(tree: Path, tmp_path: Path) -> None:
    folders = ReleaseFolders(tmp_path / "releases")
    first = taken(tree, folders, 1)
    assert len(first.files) > 150
    assert set(first.parts) >= {
        "ranking",
        "escalation",
        "figures",
        "knowledge",
        "responses",
        "taxonomy",
        "training",
        "model",
    }
    folders.use(1)
    change(tree / RANKING, "valid_from", "valid_from")  # the tree may change, the release does not
    (tree / "packs" / "tw" / "knowledge" / "ui_amount.yml").unlink()
    assert load_pack(folders.content).version == first.knowledge
    load_ranking(folders.content, "tw")
    assert (folders.models / (folders.models / "current").read_text().strip()).read_bytes() == b"a model"
    folders.check(first)
    assert Settings(content_dir=folders.content).content_dir == folders.of(1) / "content", "followed once"


def test_the_same_tree_is_the_same_release_and_a_changed_one_is_not(tree: Path, tmp_path: Path) -> None:
    folders = ReleaseFolders(tmp_path / "releases")
    first, again = taken(tree, folders, 1), taken(tree, folders, 2)
    assert first.digest == again.digest
    (tree / "packs" / "tw" / "policy" / ".ranking.yml.swp").write_text("an editor's file is not part of it")
    assert taken(tree, folders, 3).digest == first.digest


def test_what_was_touched_is_refused(tree: Path, tmp_path: Path) -> None:
    folders = ReleaseFolders(tmp_path / "releases")
    first = taken(tree, folders, 1)
    kept = folders.of(1) / "content" / RANKING
    change(kept, "valid_from", "valid_form")
    with pytest.raises(ReleaseBroken, match=r"ranking\.yml is not what was kept"):
        folders.check(first)
    shutil.copyfile(tree / RANKING, kept)
    folders.check(first)
    (kept.parent / "escalation_extra.json").write_text("{}")
    with pytest.raises(ReleaseBroken, match="escalation_extra"):
        folders.check(first)
    shutil.rmtree(folders.of(1))
    with pytest.raises(ReleaseBroken, match="not on this machine"):
        folders.check(first)


def test_a_tree_that_changes_meanwhile_makes_no_release(tree: Path, tmp_path: Path) -> None:
    folders = ReleaseFolders(tmp_path / "releases")
    found = read_release(tree, tree / "models", "tw", by="command line", note="", at=NOW)
    change(tree / RANKING, "valid_from", "valid_form")
    with pytest.raises(ReleaseBroken, match="try again"):
        folders.keep(Release(**{**vars(found), "number": 1}), tree, tree / "models")
    assert not folders.of(1).exists()


def test_differences_name_files_and_show_what_is_signed(tree: Path, tmp_path: Path) -> None:
    folders = ReleaseFolders(tmp_path / "releases")
    first = taken(tree, folders, 1)
    text = (tree / RANKING).read_text("utf-8")
    line = next(line for line in text.splitlines() if "valid_from" in line)
    change(tree / RANKING, line, line + "  # a remark")
    change(tree / "packs" / "tw" / "knowledge" / "ui_amount.yml", ":", ":  ")
    (tree / "packs" / "tw" / "knowledge" / "ui_duration.yml").unlink()
    second = taken(tree, folders, 2)
    found = folders.differences(first, second)
    assert [(one.part, one.how) for one in found] == [
        ("knowledge", "changed"),
        ("knowledge", "removed"),
        ("ranking", "changed"),
    ]
    assert "+" + line + "  # a remark" in found[2].lines
    assert found[0].lines == ()
    assert folders.differences(first, first) == []
    everything = folders.differences(None, second)
    assert {one.how for one in everything} == {"added"}
    assert len(everything) == len(second.files)
    long = next(one for one in everything if one.file.endswith("crisis_score.json"))
    assert (len(long.lines), long.more > 100) == (400, True)


def test_old_folders_go_but_not_those_in_use(tree: Path, tmp_path: Path) -> None:
    folders = ReleaseFolders(tmp_path / "releases")
    for number in range(1, KEPT + 4):
        folders.of(number).mkdir(parents=True)
    assert folders.forget_old([1]) == [3, 2]
    assert folders.of(1).is_dir()


async def test_a_gateway_refuses_another_policy_than_the_one_in_use(tree: Path, tmp_path: Path) -> None:
    folders = ReleaseFolders(tmp_path / "releases")
    async with open_kit(await database(tmp_path)) as kit:
        await _refused(kit.services.releases, folders, tree)


async def _refused(manage: ManageReleases, folders: ReleaseFolders, tree: Path) -> None:
    await refuse_unsigned(manage, tree)  # nothing is in use yet
    kept = await manage.take(read_release(tree, tree / "models", "tw", by="command line", note="", at=NOW))
    await manage.activate(kept.number, actor="command line", reason="a test")
    folders.keep(kept, tree, tree / "models")
    await refuse_unsigned(manage, tree)
    (tree / "packs" / "tw" / "knowledge" / "ui_amount.yml").unlink()
    await refuse_unsigned(manage, tree)  # contents are not signed for
    for name in ("ranking.yml", "escalation_crisis_score.json"):
        with (tree / "packs" / "tw" / "policy" / name).open("a") as file:
            file.write("\n")
    with pytest.raises(SignatureMissing, match="ranking and escalation"):
        await refuse_unsigned(manage, tree)
    assert set(unsigned_parts(kept, tree)) == set(SIGNED_PARTS)
    await refuse_unsigned(manage, folders.of(kept.number) / "content")


def test_up_serves_a_new_policy_only_once_it_is_signed(tree: Path, tmp_path: Path) -> None:
    settings, said = Settings(var_dir=tmp_path / "var"), list[str]()
    settings.var_dir.mkdir()
    releases = Releases(settings, Layout(tree, settings.var_dir), said.append)
    served = releases.ready()
    assert (said, served.resolve().parent.name) == (["release 1 is served: the first one"], "0001")
    assert releases.ready() == served
    assert len(said) == 1, "the same tree makes no other release"

    responses = tree / "data" / "responses" / "dialogue.yml"
    with responses.open("a") as file:
        file.write("# a remark\n")
    assert releases.ready().resolve().parent.name == "0002"
    assert said[1:] == ["release 2 is served: responses changed"]

    with (tree / RANKING).open("a") as file:
        file.write("# a remark\n")
    assert releases.ready().resolve().parent.name == "0002", "served on"
    assert "release 3 changes ranking: a worker representative signs it" in said[2]
    with pytest.raises(SignatureMissing):
        releases.activate(3, "at once")
    asyncio.run(_sign(settings, 3))
    releases.activate(3, "signed")
    assert releases.folders.current.resolve().name == "0003"
    assert releases.ready().resolve().parent.name == "0003"
    assert releases.go_back("it ranks wrongly").number == 2
    assert releases.folders.current.resolve().name == "0002"
    assert [one.file for one in releases.compare(2, 3)] == [RANKING]
    assert releases.ready().resolve().parent.name == "0002", (
        "the checkout still holds release 3, but somebody went back"
    )
    assert "release 3, which this checkout holds, was taken out of service (it ranks wrongly)" in said[-1]
    responses.write_text(responses.read_text("utf-8") + "# one more\n", "utf-8")
    assert releases.ready().resolve().parent.name == "0004", "the ranking in it was signed with release 3"


def test_what_one_goes_back_to_is_never_deleted(tree: Path, tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path / "var")
    settings.var_dir.mkdir()
    releases = Releases(settings, Layout(tree, settings.var_dir), print)
    releases.ready()
    for number in range(2, KEPT + 5):
        releases.folders.of(number).mkdir(parents=True)
    with (tree / "data" / "responses" / "dialogue.yml").open("a") as file:
        file.write("# a remark\n")
    releases.folders.of(2).rmdir()
    assert releases.ready().resolve().parent.name == "0002"
    assert not releases.folders.of(3).exists(), "old ones went"
    assert releases.go_back("it says it wrongly").number == 1


async def _sign(settings: Settings, number: int) -> None:
    async with open_kit(settings.database) as kit:
        represents = await kit.account("worker", "worker_representative")
        (release,) = [one.release for one in await kit.services.releases.all() if one.release.number == number]
        await kit.services.releases.sign(represents, number, release.digest)


async def test_a_result_finds_the_contents_it_was_made_from(tree: Path, tmp_path: Path) -> None:
    folders = ReleaseFolders(tmp_path / "releases")
    async with open_kit(await database(tmp_path), var_dir=tmp_path) as kit:
        store, settings = kit.services.store, kit.services.settings
        assert await settings_of(settings, store, "any") == settings
        kept = []
        for _ in range(2):
            made = read_release(tree, tree / "models", "tw", by="command line", note="", at=NOW)
            kept.append(await kit.services.releases.take(made))
            folders.keep(kept[-1], tree, tree / "models")
            change(tree / "packs" / "tw" / "directory.yml", "02-", "03-")
        folders.use(2)
        assert kept[0].knowledge != kept[1].knowledge
        for one in kept:
            assert (await settings_of(settings, store, one.knowledge)).content_dir == folders.of(one.number) / "content"
        assert (await settings_of(settings, store, "unknown")).content_dir == folders.of(2) / "content"
        shutil.rmtree(folders.of(1))
        assert (await settings_of(settings, store, kept[0].knowledge)).content_dir == folders.of(2) / "content"
        explicit = Settings(var_dir=tmp_path, content_dir=tree)
        assert (await settings_of(explicit, store, kept[1].knowledge)).content_dir == tree
