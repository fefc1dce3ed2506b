"""The notice: complete, with the code's own factors, versioned; shown once more when it changes; why an answer is as it is."""

from __future__ import annotations

import hashlib
import json

from jobseeker.answers import Answers
from jobseeker.knowledge import Pack
from jobseeker.matching.policy import FEATURES
from jobseeker.privacy.notice import NOTICE_VERSION, notice
from tests.doubles.kit import NOW

HASH_OF_VERSION = {
    "2026-11-28": "c6d3acabf74a596b",
    "2026-11-28b": "fd08a030b60e1063",
}  # add a row with each change of the notice; never edit one


def digest(pack: Pack) -> str:
    texts = {
        key: dict(one.text)
        for key, one in pack.responses.items()
        if key.startswith("notice_") or key == "act_how_you_work"
    }
    assert len(texts) >= 10
    return hashlib.sha256(json.dumps([texts, list(FEATURES)], sort_keys=True, ensure_ascii=False).encode()).hexdigest()[
        :16
    ]


def test_a_changed_notice_has_a_new_version(pack: Pack) -> None:
    assert HASH_OF_VERSION[NOTICE_VERSION] == digest(pack), (
        "the notice has changed: give it a new NOTICE_VERSION and a row here"
    )


def test_it_names_every_factor_of_the_code(pack: Pack, answers: Answers) -> None:
    for variety, language in (("zh-Hant", "zh"), ("en", "en")):
        shown = answers.render(notice(), variety=variety, day=NOW.date())
        assert len(FEATURES) > 8
        for feature in FEATURES:
            assert pack.responses[f"feature_{feature}"].text[language] in shown.text, feature
        assert NOTICE_VERSION in shown.text
        assert "/human" in [button.payload for button in shown.buttons]
        assert not any(mark in shown.text for mark in "{}[")
