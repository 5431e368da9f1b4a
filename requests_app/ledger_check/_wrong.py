"""The one exception of this package."""


class Wrong(Exception):
    """What is wrong, and where, in a sentence that an operator can act on."""
