"""The one exception that views and commands show to a person."""


class DomainError(Exception):
    """A rule was broken. `message` is a translated sentence that says what happened and what to do; `code` is for code."""

    def __init__(self, message: str, code: str = "invalid", **params: object) -> None:
        super().__init__(message)
        self.message = str(message)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return self.message
