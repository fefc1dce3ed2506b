"""The two public pages that are generated from the live configuration: impact assessment and transparency record. Their texts are data/reports/."""

from __future__ import annotations
