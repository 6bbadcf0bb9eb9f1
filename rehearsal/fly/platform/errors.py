"""Refusals of the platform's API."""


class PlatformError(Exception):
    """A request that the platform refuses: status and text for the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
