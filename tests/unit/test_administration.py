"""What the command line makes: accounts whose password was printed are accounts whose password must be changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app import administration
from app.settings import Settings


@pytest.mark.slow
async def test_passwords_that_were_printed_are_first_passwords(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path)
    assert await administration.prepare(settings)  # as `make up` does
    assert await administration.prepare(settings) == ""  # the second time there is an account
    assert await administration.add_account(settings, "lin", "林小姐", "editor")
    with closing(sqlite3.connect(tmp_path / "jobseeker.db")) as database:
        kept = database.execute("SELECT login, first_password FROM account ORDER BY login").fetchall()
    assert kept == [("counsellor", 1), ("lin", 1)]
