"""What is answered when a request can't be done."""


class Refused(Exception):
    """The request can't be done; `code` says why."""

    def __init__(self, code: str, status: int = 400) -> None:
        self.code = code
        self.status = status
        super().__init__(code)
