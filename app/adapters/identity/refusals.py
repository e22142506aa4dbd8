"""What goes wrong with an identity provider, in a sentence for the person who wanted to sign in."""

from __future__ import annotations

from app.domain.errors import ProblemError


class ProviderFailed(ProblemError):
    """The provider gave nothing that can be believed. `detail` is for the log: it names the check, and quotes nothing."""

    def __init__(self, sentence: str, detail: str) -> None:
        super().__init__(sentence)
        self.detail = detail


def no_answer(title: str, detail: str) -> ProviderFailed:
    """It did not answer, or not in time."""
    return ProviderFailed(f"{title} did not answer in time, or not with what was asked for.", detail)


def not_believed(title: str, detail: str) -> ProviderFailed:
    """It answered, and a check of the answer failed."""
    return ProviderFailed(f"What {title} answered does not prove who you are, so it was not believed.", detail)
