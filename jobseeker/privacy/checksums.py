"""Check digits of identity and card numbers. Finding such numbers in a text is identifiers.py.

No library of the registry has Taiwan's two numbers, and the rules are a few lines each (docs/adr/0040-masking-at-write.md).
"""

from __future__ import annotations

from itertools import cycle

_LETTERS = {letter: number for number, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", start=10)}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 1, 1)
_CHINA_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHINA_DIGITS = "10X98765432"


def is_taiwan_id(number: str) -> bool:
    """Whether a letter with nine digits, or two letters with eight (the resident certificate of before 2021), adds up.

    Source: the Ministry of the Interior's rule: the letter stands for 10 to 35, a second one for the units of its number,
    the sum of all digits with the weights 1, 9, 8 … 1, 1 is divisible by ten.

    Args:
        number: ten characters, capital letters, no separators.
    """
    if len(number) != 10 or number[0] not in _LETTERS or not number[2:].isdecimal():
        return False
    second = number[1] if number[1].isdecimal() else str(_LETTERS.get(number[1], 0) % 10)
    first = _LETTERS[number[0]]
    digits = [int(digit) for digit in second + number[2:]]
    total = first // 10 + first % 10 * 9 + sum(a * b for a, b in zip(digits, _WEIGHTS, strict=True))
    return total % 10 == 0


def is_china_id(number: str) -> bool:
    """Whether 17 digits and a check character are a resident identity number of China (GB 11643, ISO 7064 MOD 11-2)."""
    if len(number) != 18 or not number[:17].isdecimal() or not "1900" <= number[6:10] <= "2100":
        return False
    if not ("01" <= number[10:12] <= "12" and "01" <= number[12:14] <= "31"):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _CHINA_WEIGHTS, strict=False))
    return _CHINA_DIGITS[total % 11] == number[17].upper()


def is_card(digits: str) -> bool:
    """Whether 13 to 19 digits begin like a payment card (ISO/IEC 7812: 2221-2720, 3 to 6) and pass the Luhn check."""
    if not 13 <= len(digits) <= 19 or len(set(digits)) < 2:
        return False
    if digits[0] not in "3456" and not 2221 <= int(digits[:4]) <= 2720:
        return False
    doubled = (int(digit) * factor for digit, factor in zip(reversed(digits), cycle((1, 2)), strict=False))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
