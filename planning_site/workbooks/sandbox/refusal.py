"""The one error of the reading process: a code and figures, put into words by the parent."""


class RefusalError(Exception):
    """The file is refused; `code` says why, `params` are figures for the sentence."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
