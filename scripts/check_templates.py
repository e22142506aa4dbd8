"""Compiles every template in the application's own environment: `python scripts/check_templates.py [templates-folder]`.

Finds syntax errors, unclosed blocks, unknown filters and tests, and parts that are included or imported but not there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from jinja2 import FileSystemLoader, TemplateError
from jinja2.meta import find_referenced_templates

ROOT = Path(__file__).parents[1]


def faults(folder: Path) -> list[str]:
    """What is wrong with the templates below `folder`, one sentence a fault; empty when all of them compile."""
    sys.path.insert(0, str(ROOT))
    from app.web.showing.rendering import environment as of_the_application

    environment = of_the_application()
    environment.loader = FileSystemLoader(folder)
    found = []
    for name in environment.list_templates():
        source = (folder / name).read_text(encoding="utf-8")
        try:
            environment.compile(source, name)
            parsed = environment.parse(source, name)
        except TemplateError as error:
            found.append(f"{name}: {error}")
            continue
        named = {other for other in find_referenced_templates(parsed) if other}
        found += [
            f"{name}: refers to {other}, which is not there"
            for other in sorted(named)
            if not (folder / other).is_file()
        ]
    return found


if __name__ == "__main__":
    sentences = faults(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "templates")
    for sentence in sentences:
        print(sentence)
    sys.exit(bool(sentences))
