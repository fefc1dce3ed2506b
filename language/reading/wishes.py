"""Words for hours, shifts and working from home, as entries of the lexicon. How they are meant is judging.py's."""

from __future__ import annotations

from collections.abc import Iterator

from language.reading.folding import fold
from language.reading.lexicon import Entry, make_entry

_WORDS: dict[tuple[str, str], str] = {
    ("shift", "day"): "日班|早班|白天班|白班|常日班|正常班|白天|早上的班|上午班|day shift|day shifts|days only|daytime|morning shift|morning shifts|mornings|dayshift",
    ("shift", "evening"): "晚班|小夜班|小夜|中班|午班|晚上的班|evening shift|evening shifts|evenings|late shift|swing shift",
    ("shift", "night"): "夜班|大夜班|大夜|深夜班|通宵|夜間|半夜|night shift|night shifts|nights|graveyard shift|overnight|night work",
    ("shift", "rotating"): "輪班|輪值|輪大夜|輪三班|三班制|三班輪|二班輪|兩班制|四班二輪|四二輪|做二休二|做四休二|rotating shift|rotating shifts|rotating|shift work|shifts|2-2 shift",
    ("shift", "weekend"): "週末|周末|假日班|假日|例假日|六日|星期六日|禮拜六日|週六日|weekend|weekends|saturday|saturdays|sunday|sundays",
    ("hours", "full_time"): "全職|正職|正式職|全天班|full time|full-time|fulltime|permanent full time",
    ("hours", "part_time"): "兼職|兼差|打工|工讀|計時|部分工時|半職|半天班|半天|part time|part-time|parttime|part timer|part-timer|few hours a week",
    ("hours", "temporary"): "臨時工|短期|臨時|日結|短期工|寒暑假工讀|temporary|temp|seasonal|short term|short-term|casual work",
    ("remote", "remote"): "遠端|遠距|在家工作|在家上班|居家辦公|居家上班|居家工作|在家做|remote|remotely|work from home|working from home|wfh|home office|home-based",
}  # fmt: skip


def wish_entries() -> Iterator[tuple[str, Entry]]:
    """One entry for each word."""
    for (kind, identifier), words in _WORDS.items():
        for word in words.split("|"):
            folded = fold(word)
            yield folded, make_entry("wish", identifier, kind, folded)
