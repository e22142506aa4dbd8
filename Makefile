# Needs Python 3.11 or later with pip, git and make. Everything is installed into this folder (.tools, .venv), by hash.
# PORT, DATA_DIR, MODEL and the other settings come from the environment or from .env (see .env.example).
PY ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
export UV_COMPILE_BYTECODE = 1
export PIP_ROOT_USER_ACTION = ignore
LOCK := pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header
.DEFAULT_GOAL := run

run: .venv/.prod
	@.venv/bin/python -m app serve

# Every test but the exhaustive ones. Compiled modules are kept, whatever the environment says: dozens of tests start processes.
test: .venv/.dev api-tools
	@bash scripts/prepare_tests
	@. ./.tools/tests.env && PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m "not slow"

# Every test, with the exhaustive variants and repeats that are marked `slow`.
test-all: .venv/.dev api-tools
	@bash scripts/prepare_tests
	@. ./.tools/tests.env && PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder

# The long form of the kill tests, minutes of it: many more kills of worker and web, on both databases.
durability: .venv/.dev
	@bash scripts/prepare_tests
	@. ./.tools/tests.env && DURABILITY=long .venv/bin/python -m pytest -q tests/jobs tests/web/api/test_api_durability.py tests/test_induce_killed.py --timeout 1800

# The API, by its description alone: 2,000 generated requests and more, with a fixed seed, about a minute.
api-fuzz: .venv/.dev api-tools
	@. ./.tools/tests.env 2>/dev/null; API_FUZZ=long .venv/bin/python -m pytest -q -s tests/web/api/test_api_by_schema.py --timeout 900

# From the sample history to the downloaded prompt in a browser, on the 1.5B model: one to two minutes on two idle cores.
journey: .venv/.dev model
	@bash scripts/prepare_tests
	@. ./.tools/tests.env && JOURNEY_MODEL=embedded TEST_MODEL_CACHE=$${DATA_DIR:-data}/models .venv/bin/python -m pytest -q -s tests/browser/test_small_model.py

check: .venv/.dev
	@bash scripts/check

# The embedded model's file alone, fetched and verified, as `make run` would.
model: .venv/.prod
	.venv/bin/python -m app model --fetch-only

# A client generator and a fuzzer, in an environment of their own, since they need other versions than we do.
api-tools: .tools/api/.done

# The wheel, built and tried in an empty environment without a web server: its example runs, its command answers.
wheel: | $(UV)
	@bash scripts/try_wheel $(PY)

# Our exports in the libraries of the field and two steps of training in TRL, in an environment of its own (torch for the CPU, Linux
# on x86_64 with Python 3.11). The wheel of torch comes from PyTorch's own index, or from the folder in UV_FIND_LINKS.
loaders: .venv/.dev .tools/loaders/.done
	@.venv/bin/python -m bench.exports --files .tools/loaders/files
	@HF_HUB_OFFLINE=1 .tools/loaders/bin/python scripts/loaders.py .tools/loaders/files

# What strangers who mean harm cost everybody else: each attack beside calm, four to five minutes on idle cores.
strangers: .venv/.dev
	@.venv/bin/python -m bench.strangers

# Verdicts and pages a second beside a bare endpoint, some four minutes on idle cores.
load: .venv/.dev
	@.venv/bin/python -m bench.load

# Whether anything but the texts tells, before the verdict, which model wrote which answer: 2,000 pairs over HTTP, every byte recorded,
# a classifier learnt on one half and tested on the other. A quarter of an hour on an idle core.
blind: .venv/.dev
	@.venv/bin/python -m bench.blind

lock: | $(UV)
	$(UV) $(LOCK) --extra server -o requirements.lock pyproject.toml
	$(UV) $(LOCK) --extra server --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	$(UV) $(LOCK) -o scripts/api_tools.lock scripts/api_tools.in

.tools/bin/uv:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Synthesize Me needs Python 3.11 or later; name one with: make PY=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 \
		|| { echo "Synthesize Me needs pip for $(PY) (on Debian: apt-get install python3-pip)" >&2; exit 1; }
	@echo "Installing into this folder; the first time takes a minute."
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes --target .tools -r scripts/uv.lock

.venv/.prod: requirements.lock | $(UV)
	@$(UV) venv -q --seed --allow-existing --python $(PY) .venv
	@$(UV) pip install -q --python .venv/bin/python --require-hashes -r requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.prod
	@$(UV) pip install -q --python .venv/bin/python --require-hashes -r requirements-dev.lock
	@touch $@

.tools/api/.done: scripts/api_tools.lock | $(UV)
	@$(UV) venv -q --allow-existing --python $(PY) .tools/api
	@$(UV) pip install -q --python .tools/api/bin/python --require-hashes -r scripts/api_tools.lock
	@touch $@

.tools/loaders/.done: scripts/loaders.lock | $(UV)
	@test "$$(uname -sm)" = "Linux x86_64" && $(PY) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "make loaders needs Linux on x86_64 and Python 3.11; name one with: make loaders PY=python3.11" >&2; exit 1; }
	@$(UV) venv -q --allow-existing --python $(PY) .tools/loaders
	@$(UV) pip install -q --python .tools/loaders/bin/python --require-hashes $(if $(UV_FIND_LINKS),,--torch-backend cpu) -r scripts/loaders.lock
	@touch $@

.PHONY: run test test-all durability api-fuzz api-tools loaders load blind strangers journey check model wheel lock
