"""The rules of the house, held over the whole tree."""

from __future__ import annotations

import subprocess

import pytest

from tests.architecture import rules
from tests.architecture.tree import ROOT, files

LONG_FILES: dict[str, str] = {
    "migrations/versions/0001_first_tables.py": "the first migration makes every table",
}

KNOWN_HOSTS = frozenset(
    {
        "github.com",
        "api.github.com",
        "api.openai.com",
        "api.anthropic.com",
        "generativelanguage.googleapis.com",
        "huggingface.co",
        "arxiv.org",
        "aclanthology.org",
        "doi.org",
        "keepachangelog.com",
        "semver.org",
        "creativecommons.org",
        "www.apache.org",
        "opensource.org",
        "json-schema.org",
        "www.w3.org",
    }
)


def test_domain_and_induction_import_only_the_standard_library_and_their_own():
    assert rules.core_imports(ROOT) == []


def test_every_template_is_escaped_and_holds_no_script_of_its_own():
    assert rules.unsafe_templates(ROOT) == []


def test_no_code_trusts_what_it_should_check():
    assert rules.unsafe_calls(ROOT) + rules.trusted_markup(ROOT) == []


def test_a_file_is_at_most_three_hundred_lines_or_says_why():
    assert rules.long_files(ROOT, LONG_FILES) == []


def test_a_folder_with_many_modules_has_inner_rooms():
    assert rules.crowded_folders(ROOT) == []


def test_every_module_says_what_lives_there_and_is_named_after_it():
    assert rules.undocumented_modules(ROOT) + rules.vague_names(ROOT) == []


def test_nothing_names_one_machine_or_an_unknown_host():
    assert rules.machine_paths(ROOT) + rules.unknown_hosts(ROOT, KNOWN_HOSTS) == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_git_ignores_nothing_that_is_ours():
    asked = ["git", "check-ignore", "--no-index", "--stdin"]
    names = "\n".join(path.relative_to(ROOT).as_posix() for path in files())

    ignored = subprocess.run(asked, cwd=ROOT, input=names, capture_output=True, text=True, check=False).stdout

    assert ignored == ""


def test_vendored_files_are_the_pinned_ones():
    assert rules.changed_vendored(ROOT) == []
