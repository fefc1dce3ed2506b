"""The card of a file that was made for the person: a title and a link. Making the file is app/resume_files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobseeker.rendering import Words


def render(item: Mapping[str, Any], words: Words) -> Mapping[str, Any]:
    """Item {"type": "file", "title": key of data/responses, "url"}; the card {"type": "file", "title", "url", "text"}."""
    title, url = words.line(item["title"]), str(item["url"])
    return {"type": "file", "title": title, "url": url, "text": words.line("file_text", title=title, url=url)}
