"""Passwords that say where they are used are the first to be guessed."""

from django.core.exceptions import ValidationError
from django.utils.text import slugify

WORDS = (
    "louisville",
    "kentucky",
    "lmpd",
    "metrosafe",
    "metropolice",
    "police",
    "dispatch",
    "immigration",
    "icehelp",
    "register",
    "derbycity",
    "password",
)
WHAT_REMAINS = 8


class OwnWordsValidator:
    """Refuses a password in which little remains when the words of this house are taken out."""

    def validate(self, password: str, user: object = None) -> None:
        bare = slugify(password).replace("-", "").replace("_", "")
        found = [word for word in WORDS if word in bare]
        for word in found:
            bare = bare.replace(word, "")
        if found and len(bare) < WHAT_REMAINS:
            raise ValidationError(
                f"“{found[0]}” is a word that anybody would try here. Choose words of your own.",
                code="own_words",
            )

    def get_help_text(self) -> str:
        return "Do not build the password from words of this department."


class NotTooLongValidator:
    """Nothing is cut off: a password that we would not read to its end is refused."""

    longest = 200

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > self.longest:
            raise ValidationError(f"Use at most {self.longest} characters.", code="too_long")

    def get_help_text(self) -> str:
        return f"At most {self.longest} characters."
