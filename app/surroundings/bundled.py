"""Where the folders lie that come with the code: at the top of a checkout or image, beside the code in an installed package."""

from __future__ import annotations

from pathlib import Path

_APP = Path(__file__).resolve().parents[1]


def bundled(name: str) -> Path:
    """The folder `migrations`, `static` or `templates`."""
    installed = _APP / name
    return installed if installed.is_dir() else _APP.parent / name
