"""Every product's archive: what is taken out of it, what is left out, and which choices were made in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.transcripts.archives.fields import seconds
from tests.domain.transcripts.archives.given import chat, node, read_bytes, read_files, summary, written

ASKED, BLUE, RED = (
    {"role": "user", "content": "Sky?"},
    {"role": "assistant", "content": "Blue."},
    {"role": "assistant", "content": "Red."},
)
ROOT = "00000000-0000-4000-8000-000000000000"


def said(key: str, parent: str, sender: str, *blocks: tuple[str, str], **more: Any) -> dict[str, Any]:
    content = [{"type": kind, "text": text} for kind, text in blocks]
    return {"uuid": key, "parent_message_uuid": parent, "sender": sender, "text": "", "content": content, **more}


def mistral(key: str, second: int, role: str, text: str, **more: Any) -> dict[str, Any]:
    row = {"id": key, "chatId": "k", "version": 0, "role": role, "content": text, "contentChunks": None}
    return {**row, "createdAt": f"2026-02-01T10:00:{second:02}Z", "reaction": "neutral", **more}


def activity(minute: int, title: str, **more: Any) -> dict[str, Any]:
    return {"header": "Gemini Apps", "title": title, "time": f"2026-02-01T10:{minute:02}:00Z", **more}


INSTRUCTIONS = {"content_type": "user_editable_context", "user_profile": "A baker.", "user_instructions": "Be brief."}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "chatgpt in shards": (
        {
            "conversations-000.json": [
                chat("k1", "n2", node("n0", "", "user", "", content=INSTRUCTIONS), node("n1", "n0", "user", "Sky?"),
                     node("n2", "n1", "assistant", "Blue.")),
            ],
            "conversations-001.json": [
                chat("k2", "n3", node("n0", "", "user", "", content=INSTRUCTIONS), node("n1", "n0", "user", "Sea?"),
                     node("n2", "n1", "tool", "found"), node("n3", "n2", "assistant", "Wet.")),
            ],
            "export_manifest.json": {"logical_files": {"conversations.json": {"files": [
                "conversations-000.json", "conversations-001.json", "conversations-002.json"]}}},
            "user_settings.json": {"a": 1},
            "file-1.png": b"picture",
        },
        "chatgpt 2/2/2, own2, -missing file 1, -other file 1, -tool 1",
    ),
    "claude": (
        {
            "conversations.json": [
                {"uuid": "k", "updated_at": "2026-02-02", "current_leaf_message_uuid": "e", "chat_messages": [
                    said("a", ROOT, "human", ("text", "Sky?")), said("b", "a", "assistant", ("thinking", ""), ("text", "Blue.")),
                    said("c", "a", "assistant", ("text", "Red.")),
                    said("d", "b", "human", attachments=[{"extracted_content": "A long paste."}]),
                    said("e", "d", "assistant", ("text", "Read."))]},
                {"uuid": "k", "updated_at": "2026-02-01", "chat_messages": []},
            ],
            "projects.json": [{"uuid": "p", "prompt_template": "Be brief.", "docs": []}],
            "memories.json": [{"conversations_memory": "They bake."}],
            "users.json": [{"uuid": "u"}],
        },
        "claude 1/2/2, C1, own1, -double 1, -memory 1, -other branch 1, -thinking 1",
    ),
    "gemini in three forms": (
        {"Takeout/Mon activité/Applications Gemini/MonActivité.json": [
            activity(9, "Used Gemini"),
            activity(3, "Prompted Sky?", titleUrl="/app/k1", safeHtmlItem=[{"html": "<p>Blue &amp; so on...</p>"}]),
            activity(2, "x", titleUrl="/app/c/k1",
                     details=[{"name": "Request", "value": "Sea?"}, {"name": "Response", "value": "Wet."}]),
            activity(1, "y", userInteractions=[{"userInteraction": {
                "request": json.dumps([{"text": "Tea?"}]), "response": json.dumps([{"text": "Hot."}])}}]),
            {"header": "Search", "title": "Searched", "time": "2026-02-01"},
        ]},
        "gemini 2/3/3, *cut off 1*, -not a turn 1, -other product 1",
    ),
    "ai studio": (
        {"prompt.json": {"runSettings": {}, "systemInstruction": {"parts": [{"text": "Be brief."}]}, "chunkedPrompt": {"chunks": [
            {"role": "user", "text": "Sky?"}, {"role": "model", "text": "hm", "isThought": True}, {"role": "model", "text": "Blue."}]}}},
        "aistudio 1/1/1, own1, -thinking 1",
    ),
    "grok": (
        {"ttl/30d/prod-grok-backend.json": {"projects": [{"custom_personality": "Be brief."}], "conversations": [
            {"conversation": {"id": "k", "leaf_response_id": "d"}, "responses": [{"response": each} for each in (
                {"_id": "a", "sender": "human", "message": "Sky?"}, {"_id": "b", "sender": "ASSISTANT", "message": "Blue.", "steps": [1]},
                {"_id": "c", "parent_response_id": "a", "sender": "grok-3", "message": "Red."},
                {"_id": "d", "sender": "human", "message": "Why?"})]}]},
         "ttl/30d/prod-mc-billing.json": {"conversations": []}},
        "grok 1/2/1, C1, own1, -other branch 1, -tool 1",
    ),
    "le chat": (
        {"chat-k.json": [
            mistral("b", 2, "assistant", "Blue."), mistral("a", 1, "user", "Sky?"),
            mistral("c", 3, "assistant", "Red.", version=1, preference="better", preferenceOver="b"),
            mistral("d", 4, "user", "Sea?"), mistral("e", 5, "assistant", "Wet.", reaction="like"),
            mistral("f", 6, "assistant", "Deep.", version=1, preference="better", preferenceOver="nowhere")],
         "chat-k-files/notes.txt": "User: hello"},
        "lechat 1/2/2, A1, B1, -other branch 2, -vote on something not here 1",
    ),
    "copilot": (
        {"copilot-activity-history.csv": "Conversation,Time,Author,Message\nSky,2026-02-03T10:00:00,AI,Blue.\n"
            'Sky,2026-02-03T10:00:00,user,"=A1, why?"\nSky,2026-01-01T10:00:00,user,Sky?\n',
         "copilot-chat-activity.csv": "CreatedAt,MessageContent,Author,ChatName\n2/9/2026 7:05:10 +00:00,Sea?,user,Sea\n",
         "windows.csv": "Timestamp,ClientApp,Prompt\n2026-02-11T10:00:00,Paint,a boat\n2026-02-11T10:01:00,Paint,\n"},
        "copilot 4/4/1, -no text 1",
    ),
    "perplexity": (
        {"one.json": {"metadata": {"thread_id": "t"}, "conversations": [
            {"uuid": "q", "timestamp": "2026-02-01T10:00:00Z", "query": "Sky?", "answer": ""}]},
         "two.json": {"entries": [{"uuid": "r", "context_uuid": "s", "query_str": "Sea?", "entry_created_datetime": "2026-02-01",
            "blocks": [{"markdown_block": {"chunks": ["We", "t."]}}, {"plan_block": {}}]}]}},
        "perplexity 2/2/1, -no text 1, -other block 1",
    ),
    "open webui": (
        {"chats.json": [{"id": "", "chat": {"history": {"currentId": "b", "messages": {
            "a": {"id": "a", "parentId": None, **ASKED}, "b": {"id": "b", "parentId": "a", **BLUE, "annotation": {"rating": 1}},
            "c": {"id": "c", "parentId": "a", **RED}}}}}],
         "feedback.json": [{"data": {"rating": "-1"}, "meta": {"message_id": "b"}, "snapshot": {"chat": {"chat": {"history": {"messages": {
            "a": {"id": "a", "parentId": None, **ASKED}, "b": {"id": "b", "parentId": "a", **BLUE}}}}}}}]},
        "open_webui 2/2/1, B1, D1, -other branch 1",
    ),
    "llama.cpp": (
        {"a.jsonl": ({"type": "session", "id": "k"}, *({"type": "message", "message": each} for each in (
            {"role": "system", "content": "Be."}, ASKED, BLUE)))},
        "llama_cpp 1/1/1, -system 1",
    ),
    "messages": ({"a.jsonl": ({"messages": [ASKED, BLUE]}, {"messages": [ASKED]})}, "messages 2/2/1"),
    "sharegpt": (
        {"a.json": [{"id": "k", "conversations": [{"from": "gpt", "value": "Hello."}, {"from": "human", "value": "Sky?"}]}]},
        "sharegpt 1/1/1",
    ),
    "compar:IA": (
        {"votes.jsonl": (
            {"model_a_name": "m", "model_b_name": "n", "chosen_model_name": "n", "both_equal": False,
             "conversation_a": [ASKED, BLUE], "conversation_b": [ASKED, RED]},
            {"chosen_model_name": None, "both_equal": True, "conversation_a": [ASKED, BLUE], "conversation_b": [ASKED, RED]},
            {"chosen_model_name": None, "both_equal": False, "conversation_a": [ASKED, BLUE], "conversation_b": [ASKED, RED]}),
         "arena.jsonl": ({"turn": 0, "choice": "a_better", "full_conversation_a": [ASKED, BLUE, ASKED, RED],
                          "full_conversation_b": [ASKED, RED, ASKED, RED]},),
         "reactions.jsonl": tuple({"conversation_pair_id": "p", "msg_index": 1, "model_pos": side, "liked": side == "a",
             "conversation_a": [ASKED, BLUE], "conversation_b": [ASKED, RED]} for side in "ab")},
        "comparia 4/4/0, A2, B1, ties1, -no verdict 1",
    ),
    "trl and its votes": (
        {"a.jsonl": ({"prompt": "Sky?", "chosen": "Blue.", "rejected": "Red."}, {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Blue."}),
         "b.jsonl": ({"prompt": "Sky?", "completion": "Blue.", "label": True},)},
        "trl 2/2/0, A1, D1, -no difference 1",
    ),
    "hh": (
        {"a.jsonl": tuple({"chosen": f"\n\nHuman: Sky?\n\nAssistant: {one}", "rejected": f"\n\nHuman: Sky?\n\nAssistant: {other}"} for one, other in (
            ("Blue.", "Red."), ("Blue.", ""), ("Blue.", "Blue.\n\nHuman: Why?\n\nAssistant: So.")))},
        "hh 1/1/0, A1, -choice without text 1, -not two answers 1",
    ),
    "our own archive": (
        {"my-data.json": {"format": "synthesize-me/my-data/1", "conversations": [{"conversation_id": "k", "turns": []}],
            "context_parts": [{"conversation_id": "k", "branch": 0, "position": 0, "turns": [ASKED, BLUE, ASKED]}],
            "comparisons": [{"conversation_id": "k", "branch": 0, "earlier": 2, "context": [ASKED], "first": {"text": "a"}, "second": {"text": "b"},
                             "verdict": {"value": "second"}}, {"conversation_id": "k", "context": [ASKED], "verdict": None}],
            "runs": [{"stated": "Be brief."}]}},
        "synthesize_me 1/2/1, A1, own1, -no verdict 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("product", CASES)
def test_a_products_archive_is_told_in_numbers(product: str) -> None:
    files, expected = CASES[product]

    report, _ = read_files(files)

    assert summary(report) == expected


@pytest.mark.parametrize("product", [name for name, (files, _) in CASES.items() if len(files) == 1])
def test_a_file_by_itself_reads_like_its_zip(product: str) -> None:
    ((name, content),) = CASES[product][0].items()

    report, _ = read_bytes(name.rsplit("/", 1)[-1], written(content))

    assert summary(report) == CASES[product][1]


def test_rows_of_several_people_say_how_many_they_are_of() -> None:
    row = {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Red."}

    report, _ = read_files(
        {"a.jsonl": ({**row, "user_id": "ann"}, {**row, "user_id": "ben"}, {**row, "user_id": "ann"})}
    )

    assert report.marked == {"different people": 2}


def test_what_came_after_a_preference_belongs_to_the_answer_that_won() -> None:
    rows = [
        mistral("a", 1, "user", "Sky?"),
        mistral("b", 2, "assistant", "Blue.", preference="better", preferenceOver="c"),
        mistral("c", 3, "assistant", "Red.", version=1),
        mistral("d", 4, "user", "Why?"),
    ]

    report, found = read_files({"chat-k.json": rows})

    assert summary(report) == "lechat 1/2/1, A1, -other branch 1"
    assert [turn.content for turn in found.conversations[0]] == ["Sky?", "Blue.", "Why?"]


@pytest.mark.parametrize(
    "time",
    [
        1_750_000_000,
        1_750_000_000_000,
        "1750000000000",
        "2025-06-15T15:06:40Z",
        "2025-06-15T15:06:40",
        {"$date": "2025-06-15T17:06:40+02:00"},
        {"$date": {"$numberLong": "1750000000000"}},
    ],
)
def test_times_are_the_same_however_they_are_written(time: Any) -> None:
    assert seconds(time) == 1_750_000_000


def test_a_transcript_is_read_where_it_is_labelled_and_by_itself() -> None:
    labelled = {"talk.md": "**User:** Sky?\n\n**Assistant:** Blue.\n", "notes.txt": "Buy milk.\n\nCall Ann.\n"}

    alone, _ = read_files(labelled)
    beside, _ = read_files({**labelled, "a.jsonl": ({"messages": [ASKED, BLUE]},)})

    assert summary(alone) == "pasted 1/1/1, -other file 1"
    assert summary(beside) == "messages 1/1/1, -other file 2"
