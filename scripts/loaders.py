"""Loads files of our export with the libraries of the field, each as its users would; prints a line a library.

Run by `make loaders` in an environment of its own: `python scripts/loaders.py FOLDER`, where FOLDER holds preferences-trl.jsonl,
preferences-lmsys.jsonl, preferences-skips.jsonl and preferences-annotated.json (bench.exports --files writes them). The first rows are
those of imported choices, so that a reader that guesses types by the beginning is wrong if they may differ.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

LINES = ("trl", "lmsys", "skips")


def rows_in(path: Path) -> int:
    """How many rows the file has by its lines."""
    return len(path.read_bytes().splitlines())


def with_pandas(folder: Path) -> str:
    import pandas as pd

    told = []
    for name in LINES:
        path = folder / f"preferences-{name}.jsonl"
        frame = pd.read_json(path, lines=True)
        assert len(frame) == rows_in(path)
        assert not frame.isna().to_numpy().any()
        assert str(frame["milliseconds"].dtype) == str(frame["seq"].dtype) == "int64"
        told.append(f"{name} {len(frame):,}")
    return f"pandas {pd.__version__}: {', '.join(told)}"


def with_polars(folder: Path) -> str:
    import polars as pl

    told = []
    for name in LINES:
        path = folder / f"preferences-{name}.jsonl"
        frame = pl.read_ndjson(path)
        assert frame.height == rows_in(path) == pl.scan_ndjson(path).collect().height
        assert frame.null_count().sum_horizontal().item() == 0
        told.append(f"{name} {frame.height:,}")
    return f"polars {pl.__version__}, read and scanned: {', '.join(told)}"


def with_duckdb(folder: Path) -> str:
    import duckdb

    told = []
    for name in LINES:
        path = folder / f"preferences-{name}.jsonl"
        ((counted, people),) = duckdb.sql(
            f"select count(*), count(distinct participant) from read_json('{path}')"
        ).fetchall()
        assert counted == rows_in(path)
        told.append(f"{name} {counted:,} of {people} people")
    return f"duckdb {duckdb.__version__}: {', '.join(told)}"


def with_datasets(folder: Path) -> str:
    import datasets

    told = []
    for name in LINES:
        loaded = _loaded(folder / f"preferences-{name}.jsonl")
        assert loaded.num_rows == rows_in(folder / f"preferences-{name}.jsonl")
        told.append(f"{name} {loaded.num_rows:,}")
    return f"datasets {datasets.__version__}: {', '.join(told)}"


def with_trl(folder: Path) -> str:
    import trl
    from transformers import AutoModelForSequenceClassification, LlamaConfig, LlamaForCausalLM
    from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer

    rows = _loaded(folder / "preferences-trl.jsonl").select_columns(["prompt", "chosen", "rejected"])
    assert trl.data_utils.is_conversational(rows[0])
    rows = rows.select([*range(8), *range(rows.num_rows - 8, rows.num_rows)])
    tokenizer = _tokenizer()
    size: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "max_position_embeddings": 8192,
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "bos_token_id": tokenizer.eos_token_id,
    }
    two_steps: dict[str, Any] = {
        "max_steps": 2,
        "per_device_train_batch_size": 2,
        "report_to": [],
        "use_cpu": True,
        "bf16": False,
        "save_strategy": "no",
        "max_length": 8192,
        "disable_tqdm": True,
    }
    with tempfile.TemporaryDirectory() as out:
        # By its folder, since the trainer loads the reference model from there.
        LlamaForCausalLM(LlamaConfig(**size)).save_pretrained(f"{out}/tiny")
        dpo = DPOTrainer(
            model=f"{out}/tiny",
            args=DPOConfig(output_dir=out, **two_steps),
            train_dataset=rows,
            processing_class=tokenizer,
        )
        dpo_loss = dpo.train().training_loss
        reward = RewardTrainer(
            model=AutoModelForSequenceClassification.from_config(LlamaConfig(**size, num_labels=1)),
            args=RewardConfig(output_dir=out, **two_steps),
            train_dataset=rows,
            processing_class=tokenizer,
        )
        reward_loss = reward.train().training_loss
        assert dpo.state.global_step == reward.state.global_step == 2
    return f"trl {trl.__version__}: two steps of DPOTrainer, loss {dpo_loss:.3f}, and of RewardTrainer, loss {reward_loss:.3f}"


def with_feedback_forensics(folder: Path) -> str:
    from importlib.metadata import version

    from feedback_forensics.data.handler import DatasetHandler
    from feedback_forensics.data.loader import get_votes_dict_from_annotated_pairs_json

    path = folder / "preferences-annotated.json"
    pairs = len(json.loads(path.read_text())["comparisons"])
    handler = DatasetHandler()
    handler.add_data_from_path(path)
    assert handler.num_cols == 1
    (votes,) = handler.votes_dicts.values()
    assert len(votes["df"]) == pairs
    parted_by = set(get_votes_dict_from_annotated_pairs_json(path)["available_metadata_keys"])
    assert {"participant", "language", "source"} <= parted_by <= {*votes["df"].columns}
    handler.get_overall_metrics()
    return f"feedback-forensics {version('feedback-forensics')}: {pairs:,} pairs, its metrics computed"


def _loaded(path: Path) -> Any:
    import datasets

    with tempfile.TemporaryDirectory() as cache:
        return datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=cache, keep_in_memory=True)


def _tokenizer() -> Any:
    """A tokenizer of bytes with a plain chat template, made here: nothing is fetched."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(
        models.BPE(vocab={letter: place for place, letter in enumerate(["<pad>", "<end>", *letters])}, merges=[])
    )
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<end>")
    tokenizer.chat_template = (
        "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}<end>{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    return tokenizer


LOADERS: tuple[Callable[[Path], str], ...] = (
    with_pandas,
    with_polars,
    with_duckdb,
    with_datasets,
    with_feedback_forensics,
    with_trl,
)


def main(folder: Path) -> int:
    """Tries every library and gives 1 where one could not load the files."""
    failed = 0
    for loader in LOADERS:
        try:
            print(loader(folder), flush=True)
        except Exception:
            failed = 1
            print(f"{loader.__name__} failed:", file=sys.stderr)
            traceback.print_exc()
    return failed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
