"""A client that a generator makes from the OpenAPI document has every operation, and every one of them works."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi import FastAPI

from app.services.people import accounts
from app.storage.database import Database
from tests.web.clients import application
from tests.web.serving import run_tool, serving
from tests.web.work import work_off

PAIR = {"context": "How do I keep basil alive?", "chosen": "Water it.", "rejected": "Basil is a herb of old."}
OTHER = {"context": "What is rust?", "chosen": "Iron oxide.", "rejected": "A word for what iron becomes."}
ARCHIVE = Path(__file__).parents[2] / "samples/archives/choices_inside"


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> FastAPI:
    return application(sqlite_url, tmp_path)


@pytest.fixture
def storage(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    opened.close()


class Generated:
    """The generated package: operations by their ids, shapes by their names. Notes what was called."""

    def __init__(self, name: str, document: dict[str, Any]) -> None:
        self.name = name
        self.client: Any = None
        self.called: set[str] = set()
        self.operations = {
            operation["operationId"]: operation["tags"][0].replace(" ", "_")
            for methods in document["paths"].values()
            for operation in methods.values()
        }

    def module(self, path: str) -> ModuleType:
        return importlib.import_module(f"{self.name}.{path}")

    def shape(self, name: str, /, **fields: Any) -> Any:
        return getattr(self.module("models"), name).from_dict(fields)

    def sign_in(self, address: str, token: str = "") -> None:
        self.close()
        made = self.module("client")
        signed = made.AuthenticatedClient(address, token, raise_on_unexpected_status=True) if token else None
        self.client = signed or made.Client(address, raise_on_unexpected_status=True)

    def close(self) -> None:
        if self.client is not None:
            self.client.get_httpx_client().close()

    def __call__(self, operation: str, /, *path: Any, status: int = 200, **arguments: Any) -> Any:
        self.called.add(operation)
        module = self.module(f"api.{self.operations[operation]}.{operation}")
        reply = module.sync_detailed(*path, client=self.client, **arguments)
        assert reply.status_code == HTTPStatus(status), (operation, reply.content)
        return reply.parsed


@pytest.fixture
def generated(served: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Generated]:
    document = served.openapi()
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    made = run_tool(
        "openapi-python-client",
        *("generate", "--path", "openapi.json", "--meta", "none", "--output-path", "synthesize_me_client"),
        folder=tmp_path,
    )
    told = made.stdout + made.stderr
    assert made.returncode == 0, told
    assert [word for word in ("warning", "omitted", "will not be", "unsupported") if word in told.lower()] == [], told
    monkeypatch.syspath_prepend(tmp_path)
    client = Generated("synthesize_me_client", document)
    yield client
    client.close()


@pytest.mark.timeout(180)
def test_a_generated_client_has_every_operation_and_goes_the_whole_way(
    served: FastAPI, storage: Database, generated: Generated
) -> None:
    call, shape = generated, generated.shape
    with serving(served) as address:
        call.sign_in(address)
        made = call("create_account", status=201)
        sample = call("list_samples")[0]
        call.sign_in(address, made.token)
        assert call("read_me").code == made.account.code

        # Choices come in: a sample, an array, a form, a conversation, ready-made pairs, a prompt.
        assert call("load_sample", sample.name, status=201).added == sample.n
        mine = [shape("ImportPairsBodyItem", **{**PAIR, "context": f"Which {n}?"}) for n in range(5)]
        assert call("import_pairs", body=mine, name="mine", status=201).added == len(mine)
        file = call.module("types").File(payload=BytesIO(json.dumps(OTHER).encode()))
        form = call.module("models").ImportFileBody(file=file)
        assert call("import_file", body=form, status=201).added == 1
        turns = call("preview_conversation", body=shape("PastedText", text="You: Hi\n\nChatGPT: Hello."))
        assert call("read_cost", body=call.module("models").TurnsTaken(turns=turns.turns)).answers == 1
        taken = call.module("models").TurnsTaken(turns=turns.turns, answers=1)
        told = [call("import_conversation", body=taken, idempotency_key="talk", status=201) for _ in range(2)]
        assert told[0].import_id == told[1].import_id
        assert call("read_import", told[0].import_id).added == 1
        assert call("read_storage").stored_bytes > 0
        assert len(call("list_imports")) == 4
        starters = call("add_starters", status=201)
        prompt = shape("Prompt", text="Plan a quiet weekend.")
        asked = {call("send_prompt", body=prompt, idempotency_key="ask", status=201).comparison_id for _ in range(3)}
        assert len(asked) == 1
        work_off(storage)

        # Verdicts.
        comparison_id = asked.pop()
        assert call("next_comparison").comparison.comparison_id
        call("give_verdict", comparison_id, body=shape("VerdictGiven", value="first"))
        call("undo_verdict", comparison_id, status=204)
        call("give_verdict", starters[0].comparison_id, body=shape("VerdictGiven", value="second"))
        assert call("say_why", starters[0].comparison_id, body=shape("WhyGiven", strength="clear")).strength == "clear"
        assert call("read_comparison", comparison_id).state == "ready"
        assert not call("read_growing", comparison_id).is_live
        unwanted = call("send_prompt", body=prompt, idempotency_key="no", status=201).comparison_id
        call("throw_away", unwanted, status=204)
        assert [turn.content for turn in call("list_turns", comparison_id)] == ["Plan a quiet weekend."]
        call("stop_answers", comparison_id, status=204)
        assert not call("stop_import", told[0].import_id).stopped
        call("retry_answers", comparison_id, status=202)
        assert call("list_failed_comparisons", state="failed") == []
        assert call("read_progress").verdicts == len(call("list_choices", limit=200)) == sample.n + len(mine) + 2

        # A persona.
        assert call("read_estimate").calls > 0
        quick = shape("RunAsked", recipe="quick")
        runs = {call("start_run", body=quick, idempotency_key="run", status=202).run_id for _ in range(2)}
        run_id = runs.pop()
        assert not runs
        work_off(storage)
        assert call("read_run", run_id).state == "done"
        assert call("read_latest_run").run_id == call("list_runs")[0].run_id == run_id
        assert call("read_events", run_id).events
        assert '"state":"done"' in call("stream_run", run_id)
        call("cancel_run", run_id)
        persona = call("read_latest_persona")
        assert call("list_personas")[0].persona_id == call("read_persona", persona.persona_id).persona_id
        assert call("download_prompt", persona.persona_id) == persona.system_prompt
        assert persona.summary in call("download_persona_text", persona.persona_id)
        assert call("download_persona", persona.persona_id)["summary"] == persona.summary
        assert call("download_messages", persona.persona_id)[0]["role"] == "system"
        assert call("download_judge_text", persona.persona_id)
        assert call("download_judge", persona.persona_id)["messages"]

        # Consent, research, refusals as shapes.
        scope = call.module("models").SetConsentScope
        version = call("list_consents")[0].current_text_version
        agreed = shape("ConsentTaken", granted=True, text_version=version)
        assert all(call("set_consent", scope(name), body=agreed) for name in ("choices", "texts"))
        stale = call(
            "set_consent", scope.TEXTS, body=shape("ConsentTaken", granted=True, text_version="1999"), status=409
        )
        assert str(stale.type_) == "/problems/consent-text-changed"
        with storage.writing() as session:
            accounts.grant(session, made.account.code, "researcher")
        lines = (
            call("export_preferences", call.module("models").ExportPreferencesFileFormat.TRL)
            .payload.read()
            .splitlines()
        )
        assert {json.loads(line)["chosen"][0]["content"] for line in lines} >= {"Water it.", "Iron oxide."}

        # An archive of another product.
        made_of = call.module("types").File
        parts = [made_of(payload=BytesIO(path.read_bytes()), file_name=path.name) for path in sorted(ARCHIVE.iterdir())]
        archive = call("bring_archive", body=call.module("models").BringArchiveBody(files=parts), status=201)
        assert call("list_archives")[0].archive_id == archive.archive_id
        assert call("read_archive_found", archive.archive_id).conversations == archive.conversations > 0
        assert len(call("list_archive_conversations", archive.archive_id, limit=50)) == archive.conversations
        assert call("keep_of_archive", archive.archive_id, body=shape("Keep"), status=201).added > 0
        call("delete_archive", archive.archive_id, status=204)

        # Tokens, and leaving.
        token = call("create_token", body=shape("TokenAsked", name="notebook", scopes=["read"]), status=201)
        assert [each.name for each in call("list_tokens")] == ["notebook", ""]
        call("revoke_token", token.token_id, status=204)
        words = call("make_recovery_words", status=201).words
        assert call("recover_account", body=shape("WordsTyped", words=words)).account.code == made.account.code
        assert call("read_recovery").used_at
        call("forget_recovery_words", status=204)
        call("take_samples_away", status=204)
        call("bring_samples_back", status=204)
        assert call("take_data")["account"]["code"] == made.account.code
        call("delete_me", status=204)
        call("read_me", status=401)
        for leave in ("sign_out", "revoke_all_tokens"):
            call.sign_in(address)
            call.sign_in(address, call("create_account", status=201).token)
            call(leave, status=204)

    assert call.called == set(call.operations)
