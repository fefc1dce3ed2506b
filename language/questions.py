"""Whether a text has the form of a question. Rules on words in both languages; what it asks is the classifier's."""

from __future__ import annotations

import re

_MARK = re.compile(r"[?？]")
_ZH = re.compile(
    r"多少|多久|怎[麼么樣样]|如何|什[麼么]|甚麼|哪[裡里些個个一種种]|[嗎吗]|幾[個个天年月歲時小]|几[个天年月岁时小]|可不可以|能不能|要不要|是不是|有沒有|有没有|"
    r"會不會|会不会|該不該|该不该|[誰谁]|何[時时]|[為为]何|[為为]什[麼么]|請問|请问|想問|想问|想知道"
)
_EN_FIRST = re.compile(
    r"^\W*(?:and|so|but|ok|okay|well|then|sorry|please|hi|hello)?[\s,]*"
    r"(?:how|what|when|where|which|who|whom|whose|why|can|could|do|does|did|is|are|am|was|will|would|should|may|must|tell me|"
    r"i(?:'d| would)? (?:want|like) to (?:know|ask)|i wonder)\b",
    re.IGNORECASE,
)
_EN_ANYWHERE = re.compile(
    r"\b(?:how (?:much|many|long|do|can|to)|what (?:is|are|about|happens)|can i|do i|am i|should i)\b", re.IGNORECASE
)


def asks(text: str) -> bool:
    """Whether the text is a question, by its mark or its words; a statement that holds "什麼都可以" counts as one, too."""
    return bool(_MARK.search(text) or _ZH.search(text) or _EN_FIRST.search(text) or _EN_ANYWHERE.search(text))
