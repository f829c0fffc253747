"""The base of every anticipated error."""


class KaiinError(Exception):
    """Something went wrong that we foresaw.

    `code` is stable: pages, API, diagnosis, help and support all quote it, and the text
    catalogs have its words. `params` fill the text's placeholders; never put secrets there.
    """

    code = "error.unexpected"

    def __init__(self, code: str | None = None, /, **params: object) -> None:
        self.code = code or type(self).code
        self.params = params
        super().__init__(self.code)
