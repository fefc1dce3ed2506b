"""Words with which somebody takes back what they have just told: 「等一下，說錯了」, "sorry, I meant". What is right instead is the reader's."""

from __future__ import annotations

import re

CORRECTS = re.compile(
    r"^\W*(?:(?:等一下|等等|等下|啊|欸|诶|哎|喔|哦|不好意思|抱歉|對不起|对不起|oh|no|hold on)\W*)*我?(?:不對|不对|更正|說錯|说错|打錯|打错|應該是|应该是|sorry|actually|wait|correction|i meant?|not right)\W*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
