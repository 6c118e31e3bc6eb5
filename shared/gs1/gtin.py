"""EAN-8, UPC-A, UPC-E, EAN-13 and ITF-14 as one GTIN of 14 digits, so that leading zeros never lose an item.

Eight bare digits may be an EAN-8, a UPC-E or a code of one's own: only the reader's symbology identifier or a
look-up can tell, so `fold` gives no answer for a UPC-E that is not named as such.
"""

from shared.gs1.check_digits import check_digit, has_right_check_digit, is_digits

_LENGTHS = frozenset({8, 12, 13, 14})


def fold(digits: str) -> str | None:
    """The GTIN-14 of 8, 12, 13 or 14 digits with a right check digit; None for anything else."""
    if len(digits) in _LENGTHS and has_right_check_digit(digits):
        return digits.zfill(14)
    return None


def expand_upc_e(digits: str) -> str | None:
    """The GTIN-14 of a UPC-E (8 digits: number system, six digits, check digit). Source: 5.2.2.4.2."""
    if len(digits) != 8 or not is_digits(digits) or digits[0] not in "01":
        return None
    system, body, last = digits[0], digits[1:7], digits[6]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    upc = system + middle
    return None if check_digit(upc) != int(digits[7]) else (upc + digits[7]).zfill(14)
