"""Templates: they compile, they use exactly the fields of their views, and what they load is what was vendored."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from app.services.importing.bringing.doubtful import Stack
from app.web import pages
from app.web.pages import (
    archives,
    choices,
    choose,
    data,
    documents,
    entering,
    home,
    importing,
    keeping,
    operators,
    persona,
    problems,
    prompt,
    research,
    run,
)
from app.web.showing.rendering import beginning, environment
from app.web.showing.views import ErrorView
from tests.architecture.tree import ROOT

STATIC = ROOT / "static"
VIEWS: dict[str, type] = {
    "home": home.HomeView,
    "choose": choose.ChooseView,
    "choices": choices.ChoicesView,
    "choice": choices.OneChoiceView,
    "earlier": choices.EarlierView,
    "import": importing.ImportPage,
    "archive": archives.FoundPage,
    "archived": archives.OneChatPage,
    "keeping": archives.TakePage,
    "doubtful": Stack,
    "preview": importing.PreviewPage,
    "run": run.RunPage,
    "persona": persona.PersonaPage,
    "prompt": prompt.PromptPage,
    "data": data.DataPage,
    "keep": keeping.KeepPage,
    "recover": keeping.RecoverPage,
    "sign_in": entering.SignInPage,
    "onward": entering.Onward,
    "bring": entering.BringPage,
    "research": research.ResearchPage,
    "operators": operators.OperatorsPage,
    "problems": problems.ProblemsPage,
    "about": documents.DocumentView,
    "method": documents.DocumentView,
    "privacy": documents.DocumentView,
}
SERVED_BY_OTHERS = {"reference", "error"}
templates = environment()


def sources(page: str) -> Iterator[nodes.Template]:
    for path in sorted((ROOT / "templates" / page).glob("*.html")):
        yield templates.parse(path.read_text(encoding="utf-8"))


def fields_used(page: str) -> set[str]:
    return {
        attribute.attr
        for template in sources(page)
        for attribute in template.find_all(nodes.Getattr)
        if isinstance(attribute.node, nodes.Name) and attribute.node.name == "view"
    }


@pytest.mark.parametrize("name", templates.list_templates())
def test_every_template_compiles(name: str) -> None:
    assert templates.get_template(name).name == name


@pytest.mark.parametrize("page", sorted(VIEWS))
def test_a_view_has_exactly_the_fields_its_templates_use(page: str) -> None:
    fields = {field.name for field in dataclasses.fields(VIEWS[page])}

    assert fields == fields_used(page)


def test_the_error_page_uses_only_what_an_error_has() -> None:
    assert fields_used("error") <= {field.name for field in dataclasses.fields(ErrorView)}


def test_every_folder_of_templates_has_its_view_here() -> None:
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}

    assert folders == set(VIEWS) | SERVED_BY_OTHERS | {"parts"}


def test_a_fragment_has_one_root_which_carries_an_id() -> None:
    for path in sorted((ROOT / "templates").glob("*/_*.html")):
        text = re.sub(r"\{% macro .*?endmacro %\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        markup = re.sub(r"\{#.*?#\}|\{%.*?%\}", "", text, flags=re.DOTALL).strip()
        root = re.match(r"<(\w+)[^>]*\bid=\"", markup)

        assert root, f"{path} does not begin with an element that has an id"
        assert markup.endswith(f"</{root.group(1)}>"), f"{path} has more than one root"


@pytest.mark.parametrize("folder", ["vendor", "fonts"])
def test_vendored_files_are_those_of_the_checksum_list(folder: str) -> None:
    listed = {}
    for line in (STATIC / folder / "CHECKSUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        listed[name] = digest

    present = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / folder).iterdir()
        if path.name != "CHECKSUMS"
    }
    assert present == listed


@pytest.mark.parametrize("font", sorted(STATIC.glob("fonts/*.woff2")), ids=lambda path: path.stem)
def test_a_font_has_at_most_60_kilobytes_and_its_licence_beside_it(font: Path) -> None:
    assert font.stat().st_size <= 60_000
    assert "SIL Open Font License" in font.with_suffix(".OFL.txt").read_text(encoding="utf-8")


def test_styles_and_scripts_reach_for_nothing_outside() -> None:
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        text = path.read_text(encoding="utf-8")

        assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE).replace("https://", "//"), path
        assert "@import" not in text, path
        assert "gradient(" not in text, path


def test_every_page_module_is_among_the_routers() -> None:
    modules = {path.stem for path in (ROOT / "app" / "web" / "pages").glob("*.py")} - {"__init__"}

    assert len(pages.ROUTERS) == len(modules)


def test_the_beginning_of_an_answer_keeps_its_lines() -> None:
    assert beginning("# Plan\n\n\n \n- one\n- two\n") == "# Plan\n\n- one\n- two"
    assert beginning("word\n" * 200, 20) == "word\nword\nword\nword…"
