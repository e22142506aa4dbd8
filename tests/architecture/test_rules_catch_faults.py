"""Each rule of the house is seen to find a planted fault, and nothing where there is none."""

from __future__ import annotations

import pytest

from tests.architecture import rules

FAULTS = [
    (rules.core_imports, "app/domain/planted.py", "import pydantic\n"),
    (rules.core_imports, "app/domain/planted.py", "from app.settings import Settings\n"),
    (rules.core_imports, "app/induction/planted.py", "def late():\n    import numpy\n"),
    (rules.core_imports, "app/induction/planted.py", "from . import language_model\n"),
    (rules.unsafe_templates, "templates/planted.txt", "{{ view.text }}"),
    (rules.unsafe_templates, "templates/planted.html", "{{ view.text | safe }}"),
    (rules.unsafe_templates, "templates/planted.html", "{% autoescape false %}{{ view.text }}{% endautoescape %}"),
    (rules.unsafe_templates, "templates/planted.html", "<script>go()</script>"),
    (rules.unsafe_templates, "templates/planted.html", '<p onclick="go()">Go</p>'),
    (rules.unsafe_templates, "templates/planted.html", '<p style="color: red">Red</p>'),
    (rules.unsafe_templates, "templates/planted.html", '<p hx-on:click="go()">Go</p>'),
    (rules.unsafe_calls, "app/web/planted.py", "env.from_string(text)\n"),
    (rules.unsafe_calls, "app/web/planted.py", "MarkdownIt()\n"),
    (rules.unsafe_calls, "app/web/planted.py", 'MarkdownIt("commonmark")\n'),
    (rules.unsafe_calls, "app/web/planted.py", "from pickle import loads\n"),
    (rules.unsafe_calls, "app/web/planted.py", "yaml.load(text)\n"),
    (rules.unsafe_calls, "app/web/planted.py", "httpx2.get(address, verify=False)\n"),
    (rules.unsafe_calls, "app/storage/planted.py", "session.execute(text(f'select {name}'))\n"),
    (rules.unsafe_calls, "app/storage/planted.py", "connection.exec_driver_sql('drop table ' + name)\n"),
    (rules.trusted_markup, "app/web/planted.py", "Markup(text)\n"),
    (rules.undocumented_modules, "app/web/planted.py", "x = 1\n"),
    (rules.vague_names, "app/web/text_utils.py", ""),
    (rules.machine_paths, "app/planted.py", "FOLDER = '/" + "work/main'\n"),
    (rules.machine_paths, "docs/planted.md", "See /" + "home/ann/project.\n"),
    (rules.changed_vendored, "static/vendor/planted.js", "go()\n"),
]

SOUND = {
    "app/domain/sound.py": '"""Sound."""\n\nimport json\n\nfrom app.domain.errors import BadInput\n',
    "app/web/sound.py": '"""Sound."""\n\nMarkdownIt("js-default")\nsession.execute(text("select 1"))\n',
    "templates/sound.html": '<script src="/static/page.js" defer></script><p>{{ view.text }}</p>\n',
    "static/vendor/CHECKSUMS": "",
    "static/fonts/CHECKSUMS": "",
    "docs/sound.md": "Look into `data/app.sqlite`, or https://arxiv.org/abs/2506.05598.\n",
}


@pytest.fixture
def tree(tmp_path):
    for name, text in SOUND.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("rule", "name", "text"), FAULTS)
def test_a_fault_against_a_rule_is_found(tree, rule, name, text):
    assert rule(tree) == []

    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text(text, encoding="utf-8")

    assert len(rule(tree)) == 1


def test_a_host_that_is_not_known_is_found(tree):
    known = frozenset({"arxiv.org"})
    assert rules.unknown_hosts(tree, known) == []

    (tree / "requirements.lock").write_text("--index-url https:/" + "/mirror.somewhere.net/simple\n", encoding="utf-8")

    assert rules.unknown_hosts(tree, known) == ["requirements.lock names the host mirror.somewhere.net"]


def test_a_long_file_is_found_and_so_is_a_reason_that_outlived_its_file(tree):
    assert rules.long_files(tree, {}) == []

    (tree / "app/web/long.py").write_text("x = 1\n" * 301, encoding="utf-8")

    assert len(rules.long_files(tree, {})) == 1
    assert rules.long_files(tree, {"app/web/long.py": "a table"}) == []
    assert len(rules.long_files(tree, {"app/web/long.py": "a table", "app/web/gone.py": "a table"})) == 1


def test_a_crowded_folder_is_found(tree):
    assert rules.crowded_folders(tree) == []

    for number in range(31):
        (tree / f"app/web/one_{number}.py").write_text("x = 1\n", encoding="utf-8")

    assert len(rules.crowded_folders(tree)) == 1


def test_a_vendored_file_that_changed_is_found(tree):
    (tree / "static/vendor/one.js").write_text("go()\n", encoding="utf-8")
    (tree / "static/vendor/CHECKSUMS").write_text("0" * 64 + "  one.js\n", encoding="utf-8")

    assert rules.changed_vendored(tree) == ["static/vendor/one.js is not the file that was pinned"]
