# `make help` tells what each does. Everything is set up on the way; nothing but Python 3.11 is assumed.
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
export PORT

BIN := .venv/bin
DEV := .venv/.installed
STACK := .venv-stack/.installed
DESK = $(or $(if $(STAGE),sunlight-$(STAGE)),$(if $(filter command,$(origin STACK)),$(STACK)),$(error which desk? STAGE=… or STACK=…))

.PHONY: help run test reset export import site package deploy local rollback deployments migrate city subjects places administrator letters model \
	verify restore backup-write backup-read secret rewrap audit pictures replay walk life bench soak coverage mutation year train evaluate lint style format clean

help: ## Show this
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

run: $(DEV) $(STACK) ## Everything on this machine at one address (PORT=8000)
	@exec $(BIN)/python -m infra.local run

reset: $(DEV) ## Forget everything that was filed in `make run`
	@$(BIN)/python -m infra.local reset

export: $(DEV) $(STACK) ## Write all data of the local desk to FILE=…
	@$(BIN)/python -m infra.local export "$(FILE)"

import: $(DEV) $(STACK) ## Take all data of the local desk from FILE=…
	@$(BIN)/python -m infra.local import "$(FILE)"

test: $(DEV) $(STACK) style ## Everything that is checked
	@types="$$(mktemp)"; $(BIN)/mypy > "$$types" 2>&1 & mypy=$$!; \
	$(BIN)/python -m pytest -n auto; tests=$$?; \
	wait $$mypy; right=$$?; cat "$$types"; rm -f "$$types"; test $$tests -eq 0 -a $$right -eq 0

lint: style ## Style and types
	@$(BIN)/mypy

style: $(DEV)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(DEV) ## Put the style right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

site: $(DEV) ## Build the citizens' pages into build/site
	@$(BIN)/python -m infra.site build/site

package: $(DEV) ## Build what AWS is given into build/package/STAGE
	@$(BIN)/python -m infra.deploy package "$(STAGE)"

deploy: $(DEV) ## Show what would change on AWS, ask, do it (STAGE= YES=yes ALLOW=)
	@$(BIN)/python -m infra.deploy deploy "$(STAGE)"

local: $(DEV) $(STACK) ## The same on this machine, then serve it (STAGE= PORT=8000)
	@LOCAL_DIR="$${LOCAL_DIR:-.local/stages/$(STAGE)}" BARE="$${BARE:-yes}" exec $(BIN)/python -m infra.local run --stage "$(STAGE)"

rollback: $(DEV) ## Put the release before in force again (STAGE= TO= YES=yes)
	@$(BIN)/python -m infra.deploy rollback "$(STAGE)" $(if $(TO),--to "$(TO)")

deployments: $(DEV) ## What was put in force, when, by whom (STAGE=)
	@$(BIN)/python -m infra.deploy deployments "$(STAGE)"

migrate: $(DEV) ## Make older items what this release writes (STAGE= or STACK=, DRY=yes)
	@$(BIN)/python -m infra.migrations --stack "$(DESK)" $(if $(filter yes,$(DRY)),--dry-run)

city: $(DEV) ## Put the office's own city in force (FOLDER= STAGE= or STACK=)
	@$(BIN)/python -m infra.office --stack "$(DESK)" city "$(FOLDER)"

subjects: $(DEV) ## Make FILE=….csv (level1,level2,level3) the subject list of the city in FOLDER=
	@$(BIN)/python -m infra.lists subjects "$(FILE)" "$(FOLDER)"

places: $(DEV) ## Make FILE=….csv (name,kind,area,aliases) the gazetteer of the city in FOLDER=
	@$(BIN)/python -m infra.lists places "$(FILE)" "$(FOLDER)"

administrator: $(DEV) ## Open the first account (LOGIN= NAME= STAGE= or STACK=)
	@$(BIN)/python -m infra.office --stack "$(DESK)" administrator "$(LOGIN)" "$(NAME)"

letters: $(DEV) ## Write the letters that persons decided to FILE=….csv, masked (STACK=, CLASSES=yes)
	@$(BIN)/python -m infra.learn_office --stack "$(DESK)" letters "$(FILE)" $(if $(filter yes,$(CLASSES)),--classes)

model: $(DEV) ## Put MODEL= to work if it beats the one at work (STACK=, FIRST=yes, BY=)
	@$(BIN)/python -m infra.learn_office --stack "$(DESK)" model "$(MODEL)" $(if $(filter yes,$(FIRST)),--first) $(if $(BY),--by "$(BY)")

verify: $(DEV) ## Compute the whole record again and find what was altered (STAGE= or STACK=)
	@$(BIN)/python -m infra.verify --stack "$(DESK)"

restore: $(DEV) ## Look for what was lost since AT=2026-11-01T09:00+08:00, or in BACKUP=; BACK=yes puts it back (STAGE= or STACK=)
	@$(BIN)/python -m infra.restore --stack "$(DESK)" $(if $(AT),--at "$(AT)") $(if $(BACKUP),--backup "$(BACKUP)") $(if $(filter yes,$(BACK)),--bring-back)

backup-write: $(DEV) ## All data of a deployed desk into FILE=, encrypted as it lies (STAGE= or STACK=)
	@$(BIN)/python -m infra.backup --stack "$(DESK)" write "$(FILE)"

backup-read: $(DEV) ## All data of FILE= into an empty desk (STAGE= or STACK=)
	@$(BIN)/python -m infra.backup --stack "$(DESK)" read "$(FILE)"

pictures: $(DEV) ## Take the README's pictures from a fresh `make run` (PORT=)
	@$(BIN)/python -m infra.pictures

replay: $(DEV) $(STACK) ## Replay FILE=….csv (TERM_DAYS=, JOIN=no, REPORT=….html)
	@$(BIN)/python -m infra.replay "$(FILE)"

walk: $(DEV) ## Take N=10000 random walks through the life of cases (SEED=1)
	@$(BIN)/python -m infra.walk

life: $(DEV) ## Draw docs/life.md from the code
	@$(BIN)/python -m infra.life

audit: $(DEV) ## Ask whether a weakness of a package is known, and look at the licences
	@$(BIN)/python -m infra.audit

secret: $(DEV) ## Set or rotate a shared secret (NAME=sms|sms_inbound|mail_inbound STAGE= or STACK=); without NAME, list them
	@$(BIN)/python -m infra.secrets --stack "$(DESK)" $(if $(NAME),set "$(NAME)",list)

rewrap: $(DEV) ## Wrap the desk's own key anew (STAGE= or STACK=)
	@$(BIN)/python -m infra.secrets --stack "$(DESK)" rewrap

bench: $(DEV) $(STACK) ## Measure; one JSON object
	@$(BIN)/python -m infra.bench

# `tests`, not the two folders in it: pytest loads the conftest of a folder that is named before a worker begins to count.
coverage: $(DEV) $(STACK) ## How much of domain/ and desk/ the tests reach, lines and branches (bar: 95 % of each)
	@$(BIN)/python -m pytest -n auto tests --ignore=tests/e2e --ignore=tests/infrastructure --cov=chalicelib/domain --cov=chalicelib/desk --cov-branch --cov-report=
	@$(BIN)/python -m infra.reached

mutation: $(DEV) ## Change the rules a little, and see whether tests/unit notices (MODULES="clocks chain" SAMPLE=400 SEED=1); one JSON object
	@nice $(BIN)/python -m infra.mutation $(MODULES) $(if $(SAMPLE),--sample "$(SAMPLE)") $(if $(SEED),--seed "$(SEED)")

year: $(DEV) $(STACK) ## A year of a city: loaded, swept, scored (FRACTION=1 SEED=1 MONTHS=12); one JSON object
	@$(BIN)/python -m infra.year

soak: $(DEV) $(STACK) ## Load and faults upon a deployed desk, on this machine (DURATION=600 SEED= CITIZENS=50 HANDLERS=20); one JSON object
	@$(BIN)/python -m infra.soak

train: $(DEV) ## Learn the categories of FILE=….csv (MODEL=build/subjects.model)
	@$(BIN)/python -m infra.learn train "$(FILE)" --model "$(MODEL)"

evaluate: $(DEV) ## Measure by FILE=….csv (TASK=category|topics|duplicates MODEL=); one JSON object
	@$(BIN)/python -m infra.learn evaluate "$(FILE)" --task "$(TASK)" --model "$(MODEL)"

clean: ## Remove what was built and installed, but no data
	rm -rf build .venv .venv-stack .local/package .local/site .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(DEV): requirements.txt requirements-dev.txt
	@echo "setting up .venv …" >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(STACK): requirements-stack.txt
	@echo "setting up the local AWS …" >&2
	@$(PYTHON) -m venv .venv-stack
	@.venv-stack/bin/python -m pip install -q --disable-pip-version-check -r requirements-stack.txt
	@touch $@
