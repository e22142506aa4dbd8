"""Python's search for garbage, which stops every thread of a process while it lasts."""

from __future__ import annotations

import gc


def pass_over_what_the_start_made() -> None:
    """Has no later search look through what is there now: modules, tables and routes, 180,000 objects, stay to the end anyway.

    To look through them takes a tenth of a second and more. Meanwhile every request waits; and where a worker is in the middle
    of a change, so does every other change of the database.
    """
    gc.collect()
    gc.freeze()
