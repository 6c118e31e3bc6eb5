"""Check digits of GTIN, SSCC and GLN. Source: GS1 General Specifications 7.9.1."""


def check_digit(digits: str) -> int:
    """The check digit that belongs behind these digits: weights 3, 1, 3 … from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10


def has_right_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    return len(digits) > 1 and is_digits(digits) and check_digit(digits[:-1]) == int(digits[-1])


def is_digits(text: str) -> bool:
    """Whether a text is ASCII digits only; `str.isdigit` would let other scripts' digits pass."""
    return text.isascii() and text.isdigit()
