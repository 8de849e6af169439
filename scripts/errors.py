"""One kind of failure: a sentence that says what is wrong, and one that says how to mend it."""


class DevError(Exception):
    """Shown as one line, without a traceback."""

    exit_code = 1

    def __init__(self, fault: str, mend: str) -> None:
        super().__init__(f"{fault} {mend}")


class Misuse(DevError):
    """A command, an option or a name that does not exist."""

    exit_code = 2
