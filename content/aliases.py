"""Which words may stand as an alias at all. Whose alias it is, is content/taxonomy_lint.py."""

from __future__ import annotations

import re

from jobseeker.taxonomy import alias_key

# Words that stand in texts of any kind: as an alias they would be found everywhere. Longer forms with them are fine.
_GENERAL_ZH = """
工作 上班 經驗 能力 技能 服務 管理 操作 維修 設計 製作 公司 學校 老師 學生 客人 顧客 產品 資料 電話 手機 手工 機器 機械 東西 時間
早班 晚班 夜班 全職 兼職 打工 薪水 證照 執照 證書 語言 會話 教學 學習 看書 做事 幫忙 處理 安排 檢查 整理 準備 使用 協助 負責 參加
認真 努力 健康 安全 環境 生活 家庭 社會 市場 人員 助理 專員 技術 工程 作業 現場 設備 系統 軟體 網路 程式 課程 訓練 上課 活動 計畫 報告
"""
_GENERAL_EN = """
work job jobs skill skills experience company school teacher student people person customer customers product products data phone
computer machine machines time night day week full-time part-time salary licence license certificate language service services
management manager operation help use do make run can good best new system software network project training course class event
plan report safety health home house family market care teach learn study read write talk speak listen go it
"""
TOO_GENERAL = {"zh": frozenset(_GENERAL_ZH.split()), "en": frozenset(_GENERAL_EN.split())}
SHORTEST = 2
_HAN = re.compile(r"[\u2e80-\u9fff]")
_PUNCTUATION = re.compile(r"[，。、；;\n]")


def alias_problem(alias: str, language: str) -> str | None:
    """What is wrong with an alias by itself, or None. `language`: "zh" or "en"."""
    key = alias_key(alias)
    if len(key) < SHORTEST or key.isdecimal():
        return "cannot be told from ordinary text (too short, or only digits); write a longer form"
    if key in TOO_GENERAL[language]:
        return "stands in ordinary text everywhere; write a longer form"
    if language == "en" and _HAN.search(alias):
        return "has Chinese characters; it belongs in `aliases_zh`"
    if _PUNCTUATION.search(alias):
        return "has punctuation inside; aliases are separated by |"
    return None
