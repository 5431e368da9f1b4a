"""Numbers in plain words: "no requests", "3 of 14 requests", "2 fewer than in the quarter before"."""


def number_word(number: int) -> str:
    return f"{number:,}" if number else "none"


def several(number: int, one: str, many: str = "") -> str:
    """The number with its noun: "no requests", "1 request", "14 requests"."""
    if number == 0:
        return f"no {many or one + 's'}"
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def people(number: int) -> str:
    return several(number, "person", "people") if number else "nobody"


def part_of(part: int, whole: int, one: str, many: str = "") -> str:
    """A share with its whole: "none of 14 requests", "3 of 14 requests", "all 14 requests"."""
    if part == whole > 1:
        return f"all {several(whole, one, many)}"
    return f"{number_word(part)} of {several(whole, one, many)}"


def compared(now: int, before: int | None) -> str:
    """What follows a count when the quarter before is known, with its comma; else nothing."""
    if before is None:
        return ""
    if now == before:
        return ", as many as in the quarter before"
    return f", {abs(now - before):,} {'more' if now > before else 'fewer'} than in the quarter before"


def hours(minutes: int) -> str:
    """Minutes as hours: "12 h 30 min"."""
    if not minutes:
        return "none"
    whole, rest = divmod(minutes, 60)
    return f"{whole:,} h {rest:02d} min" if whole else f"{rest} min"


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
