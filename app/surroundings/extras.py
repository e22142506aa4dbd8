"""Parts of this program that are installed on their own, and what to say where one is missing."""

from __future__ import annotations

from types import MappingProxyType

_EXTRA_OF = MappingProxyType(
    {
        **dict.fromkeys(("litellm", "openai", "httpx", "xllamacpp"), "models"),
        **dict.fromkeys(
            (
                *("fastapi", "starlette", "uvicorn", "sqlmodel", "sqlalchemy", "alembic", "psycopg", "dbos", "jinja2"),
                *("multipart", "authlib", "cryptography", "joserfc", "httpx2", "limits", "markdown_it", "nh3"),
            ),
            "server",
        ),
    }
)
_WHAT = {"models": "Models by name", "server": "Pages, worker and database"}


def missing_extra(error: ImportError) -> str:
    """The sentence that names the part to install; "" where the module is of no part."""
    extra = _EXTRA_OF.get((error.name or "").partition(".")[0], "")
    if not extra:
        return ""
    return (
        f"{_WHAT[extra]} need the extra `{extra}` of this program, and it is not installed here "
        f"(the package {error.name} is missing). Install it: pip install 'synthesize-me[{extra}]'."
    )
