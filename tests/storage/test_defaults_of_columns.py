"""Defaults of columns that are made anew for each row."""

from __future__ import annotations

import inspect

from sqlmodel import SQLModel

from app.storage import tables


def test_no_factory_is_a_built_in_whose_signature_is_read_from_a_text_at_every_row() -> None:
    made = [table for table in vars(tables).values() if inspect.isclass(table) and issubclass(table, SQLModel)]
    factories = {
        f"{table.__name__}.{name}": field.default_factory
        for table in made
        for name, field in table.model_fields.items()
        if field.default_factory is not None
    }

    assert len(factories) > 30
    assert [name for name, factory in factories.items() if not inspect.isfunction(factory)] == []
