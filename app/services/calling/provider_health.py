"""What is wrong with the models' providers, handed from the workers, which find out, to the web processes, which say so."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from app.domain.model_trouble import Trouble
from app.services.calling.provider_rest import Tell
from app.storage.database import Database, DatabaseFault
from app.storage.working import model_troubles

log = logging.getLogger(__name__)


def teller(database: Database, model: str) -> Tell:
    """Puts down what is wrong with this model's provider, or that nothing is; a database that is away stops no call."""

    def tell(trouble: Trouble | None) -> None:
        try:
            with database.writing() as session:
                model_troubles.note(session, model, trouble)
        except DatabaseFault:
            log.warning("what is wrong with the provider of %s could not be put down", model)

    return tell


def troubles(database: Database) -> Mapping[str, Trouble]:
    """What is wrong now, by the name of the model; nothing where the database does not answer, for pages about that."""
    try:
        with database.reading() as session:
            return model_troubles.find(session)
    except DatabaseFault:
        return {}


def is_from_the_start(database: Database, model: str) -> bool:
    """Whether nothing worse than what the check at start found stands there."""
    found = troubles(database).get(model)
    return found is None or not found.failed_in_a_row
