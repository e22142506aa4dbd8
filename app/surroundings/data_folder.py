"""Whether the data folder can be had, before anything is begun that would need it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from app.surroundings.written_files import SettingFault


def prove_usable(folder: Path) -> None:
    """Raises SettingFault where the folder cannot be made or takes no files. What was made for the proof is taken away:
    whoever stores something makes the folder in its own way."""
    made: list[Path] = []
    is_there = False
    try:
        for path in reversed([folder, *folder.parents]):
            if not os.path.lexists(path):
                path.mkdir(mode=0o700)
                made.append(path)
        is_there = True
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"0")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SettingFault(
            f"DATA_DIR is {folder}, which cannot be {'written to' if is_there else 'made'}: {reason}. "
            "Set DATA_DIR to a folder that can."
        ) from error
    finally:
        for path in reversed(made):
            path.rmdir()
