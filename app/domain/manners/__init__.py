"""A fixed list of manners that answers may have, each with its contrary: what a person may lean to, told by nobody yet."""

from app.domain.manners.vocabulary import BY_NUMBER, MANNERS, Manner, listed, manner_of

__all__ = ["BY_NUMBER", "MANNERS", "Manner", "listed", "manner_of"]
