# Two commands do all the set-up on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install run test check trainers openapi wheel clean up down

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml uv.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip uv
	$(BIN)/uv export --quiet --frozen --all-extras --all-groups --no-emit-project --output-file $(VENV)/requirements.txt
	$(BIN)/pip install --quiet --require-hashes --requirement $(VENV)/requirements.txt
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

# The main job on real input: start the embedded service, score the examples through HTTP.
run: install
	$(BIN)/python examples/run.py

# Everything, on a real Redis server and real workers.
test: install check
	$(BIN)/pytest

check: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Real trainers' own code against a running service, in environments that are kept between runs.
trainers: install
	$(BIN)/python bench/trainers

openapi: install
	$(BIN)/verifier openapi > docs/openapi.json

wheel: install
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) dist

# The whole service in containers, see deploy/README.md.
COMPOSE ?= docker compose
ENV_FILE ?= deploy/.env
DEPLOYED = $(COMPOSE) --env-file $(abspath $(ENV_FILE))
up down: export COMPOSE_FILE ?= deploy/compose.yaml
up down: export COMPOSE_PROJECT_NAME ?= rollout-verifier

up:
	@test -f $(ENV_FILE) || { echo "$(ENV_FILE) is missing: copy deploy/.env.example to it \
	and fill in its first three values" >&2; exit 1; }
	$(DEPLOYED) build
	$(DEPLOYED) up --detach --remove-orphans
	$(DEPLOYED) exec -T api python - < deploy/ready.py

# Leaves nothing but the images, so the queue and what stood in it go too. Values play no part.
down:
	REDIS_PASSWORD=- VERIFIER_API_KEYS=- DOCKER_GID=- $(COMPOSE) down --volumes --remove-orphans
