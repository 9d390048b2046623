# 税问 Shuiwen. `make run` and `make test` are all that a newcomer needs.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
UV := $(BIN)/uv
RASA := dialogue/.venv/bin/python

.PHONY: run test setup check browser encoder bench bench-retrieval lock clean

run: setup
	@SHUIWEN_PORT=$(PORT) $(BIN)/shuiwen run

test: setup encoder check browser
	@$(RASA) -m dialogue.check
	@$(BIN)/pytest

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/shuiwen knowledge check

# The journeys want a Chromium: the system's where there is one, otherwise Playwright's own.
browser: setup
	@command -v chromium >/dev/null || $(BIN)/playwright install chromium

bench: setup
	@$(BIN)/python -m bench.run
	@$(BIN)/python -m bench.desk
	@$(BIN)/python -m bench.widget

bench-retrieval: setup
	@$(BIN)/python -m bench.retrieval

# Compiled, because a start takes twice as long where Python has to compile what it imports.
setup: .venv/.ready dialogue/.venv/.ready

# torch and its companions, for `shuiwen encoder train|use` and their tests: with pip, which finds the build without CUDA.
encoder: .venv/.encoder

.venv/.encoder: .venv/.ready
	@echo "· 训练环境 setting up what trains encoders (about 1.2 GB) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[encoder]'
	@touch $@

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "✗ 税问 needs Python 3.11 or newer; set PYTHON=, for example: make run PYTHON=python3.12"; exit 1; }
	@echo "· 应用环境 setting up the application's environment …"
	@test -x $(UV) || { $(PYTHON) -m venv .venv && $(BIN)/pip install --quiet --disable-pip-version-check uv; }
	@$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock --allow-empty-requirements
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

dialogue/.venv/.ready: dialogue/requirements.lock dialogue/overrides.txt | .venv/.ready
	@echo "· 对话环境 setting up Rasa's environment (about 1.7 GB) …"
	@cd dialogue && ../$(UV) venv --quiet --clear --python 3.10 .venv \
	  || { echo "✗ Rasa needs Python 3.10 and none was found or could be fetched; install it, for example: uv python install 3.10"; exit 1; }
	@$(UV) pip sync --quiet --compile-bytecode --python $(RASA) dialogue/requirements.lock
	@touch $@

lock:
	@$(UV) pip compile pyproject.toml --extra dev --python-version 3.11 --universal --generate-hashes \
	  --no-emit-index-url --quiet --custom-compile-command "make lock" --output-file requirements.lock
	@$(UV) pip compile dialogue/requirements.in --override dialogue/overrides.txt --python-version 3.10 --generate-hashes \
	  --no-emit-index-url --quiet --custom-compile-command "make lock" --output-file dialogue/requirements.lock

clean:
	@rm -rf .venv dialogue/.venv models var
