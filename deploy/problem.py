"""What a person at the command line is told when something cannot be done."""


class Problem(RuntimeError):
    """Something stands in the way; the text says what, and what to type or mend."""
