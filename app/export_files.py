"""The preparation of the effect `store_export`: everything that is kept of a person, as JSON and as a page to read, with links. Keeping them is the effect's."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jobseeker.answers import Answers
from jobseeker.clock import Clock, local_day
from jobseeker.ports import Secrets
from jobseeker.records import Conversation, MadeFile, StoredFile
from jobseeker.storage import Store

PATH = "/api/v1/files/"
LINK_DAYS = "files.link_days"  # of packs/*/policy/files.yml
FORMAT = 1

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


class ExportFiles:
    """jobseeker.ports.Preparation of `store_export`."""

    def __init__(
        self,
        store: Store,
        answers: Answers,
        secrets: Secrets,
        clock: Clock,
        to_simplified: Callable[[str], str],
        public_url: str = "",
    ) -> None:
        self.store, self.answers, self.secrets, self.clock = store, answers, secrets, clock
        self.to_simplified, self.public_url = to_simplified, public_url.rstrip("/")

    async def __call__(self, conversation: Conversation, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The params with "made": [(MadeFile, url, kind)]."""
        now = self.clock.now()
        async with self.store.read() as work:
            rows = await work.privacy.export(conversation.person)
        day = local_day(now)
        ends = now + timedelta(days=int(self.answers.pack.figures[LINK_DAYS].on(day).value))
        made = []
        for kind, media_type, content in (
            ("json", "application/json", as_json(rows, now)),
            ("html", "text/html", self.as_page(rows, conversation.variety, now)),
        ):
            token = self.secrets.token()
            file = StoredFile(f"my-data-{day.isoformat()}.{kind}", media_type, content)
            made.append((MadeFile(file, self.secrets.digest(token), ends), self.public_url + PATH + token, kind))
        return {**params, "made": made}

    def as_page(self, rows: Rows, variety: str, now: datetime) -> bytes:
        """One section for each kind of data, with what it is for; no script, no style from elsewhere."""
        words = self.answers.in_language("en" if variety == "en" else "zh", local_day(now))
        convert = self.to_simplified if variety == "zh-Hans" else str
        parts = [f"<h1>{html.escape(convert(words.line('export_title')))}</h1>"]
        for table, found in rows.items():
            if not found:
                continue
            title = html.escape(convert(words.line(f"export_table_{table}")))
            parts.append(f"<h2>{title} ({len(found)})</h2>")
            for row in found:
                cells = "".join(
                    f"<dt>{html.escape(name)}</dt><dd>{html.escape(_text(value))}</dd>" for name, value in row.items()
                )
                parts.append(f"<dl>{cells}</dl>")
        body = "\n".join(parts)
        language = {"zh-Hant": "zh-Hant", "zh-Hans": "zh-Hans"}.get(variety, "en")
        page = f'<!doctype html>\n<html lang="{language}"><meta charset="utf-8"><title>jobseeker</title>\n{body}\n</html>\n'
        return page.encode()


def as_json(rows: Rows, now: datetime) -> bytes:
    """{"format", "made_at", "data": {table: [row]}}."""
    document = {"format": FORMAT, "made_at": now.isoformat(), "data": rows}
    return (json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n").encode()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
