"""The revision each release ended with: what a migration may take away is decided by it (docs/runbooks/upgrade.md). A row is added when a release is made."""

from __future__ import annotations

from collections.abc import Mapping

RELEASED: Mapping[str, str] = {}  # "0.1.0": "0017", … ; none has been made yet
