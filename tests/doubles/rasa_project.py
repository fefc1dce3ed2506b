"""A small but whole Rasa project: the real domain and rules, few topics and examples, so that it trains in seconds. Standard library and PyYAML only."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
TOPICS = {
    "ui_amount": (["失業給付可以領多少", "失業給付金額怎麼算", "一個月給多少錢", "可以領幾成薪水"], ["how much is unemployment benefit", "what does the benefit pay"]),
    "ui_duration": (["失業給付可以領多久", "失業給付領幾個月", "可以領到什麼時候", "領多長時間"], ["how long is unemployment benefit paid", "for how many months"]),
    "severance_pay": (["資遣費怎麼算", "公司要給我資遣費嗎", "被資遣可以拿多少資遣費", "資遣費什麼時候給"], ["how is severance pay worked out", "does my boss owe me severance"]),
}  # fmt: skip
ACTS = {
    "greet": ["你好", "哈囉", "早安", "hello", "hi there"],
    "thanks": ["謝謝", "感謝你", "thank you", "thanks a lot"],
    "talk_to_human": ["我要找真人", "轉人工", "請真人跟我說", "talk to a person", "human please"],
    "switch_language": ["please speak english", "講英文", "換個語言", "切換語言", "switch language"],
    "help": ["你會做什麼", "你可以幫我什麼", "what can you do", "menu"],
    "out_of_scope": ["今天天氣如何", "推薦餐廳", "who won the game", "幫我訂機票"],
}


def write_project(root: Path) -> Path:
    """Write the project into `root` and return it. All but the topics and examples is the real thing."""
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, root / name)
    for folder in ("data/rules", "data/stories", "data/responses"):
        shutil.copytree(ROOT / folder, root / folder)
    pack = root / "packs" / "tw"
    shutil.copytree(ROOT / "packs" / "tw", pack, ignore=shutil.ignore_patterns("knowledge"))
    barriers = pack / "barriers.yml"
    barriers.write_text(
        re.sub(r"topics: \[.*\]", "topics: [severance_pay]", barriers.read_text("utf-8")), encoding="utf-8"
    )
    (pack / "knowledge").mkdir()
    for topic, (zh, en) in TOPICS.items():
        write_topic(pack / "knowledge" / f"{topic}.yml", zh, en)
    (root / "data" / "nlu").mkdir()
    for act, examples in ACTS.items():
        lines = "".join(f"      - {example}\n" for example in examples)
        block = f'version: "3.1"\nnlu:\n  - intent: {act}\n    metadata: {{language: zh, kind: lay}}\n    examples: |\n{lines}'
        (root / "data" / "nlu" / f"{act}.yml").write_text(block, encoding="utf-8")
    return root


def write_topic(path: Path, zh: list[str], en: list[str], answer: str = "照規定給付。") -> None:
    """Write one knowledge file."""
    topic = {
        "topic": path.stem, "group": "benefit", "title": {"zh": path.stem, "en": path.stem}, "risk": "none",
        "decides": "bli", "contact": ["bli"], "confidence": "high", "confirm": [], "as_of": 2026, "reviewed_on": "2026-11-21",
        "short": {"zh": answer, "en": "As the rule says."}, "answer": {"zh": answer, "en": "As the rule says."},
        "sources": [{"zh": "就業保險法", "en": "Employment Insurance Act", "url": ""}],
        "questions": {"zh": {"lay": zh}, "en": {"lay": en}},
    }  # fmt: skip
    text = yaml.safe_dump(topic, allow_unicode=True, sort_keys=False).replace("'2026-11-21'", "2026-11-21")
    path.write_text(text, encoding="utf-8")
