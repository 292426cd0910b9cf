# Shortcuts over CMake. `make demo` and `make test` do all the set-up they need on Debian 12.
BUILD ?= build
CMAKE_ARGS ?=
DEMO_DOCS := $(BUILD)/demo/documents

.PHONY: all build deps demo test check test-all bench image install clean format deploy destroy

all: build

deps:
	@cmake/deps.sh build

build: deps
	@cmake -S . -B $(BUILD) -G Ninja -DND_TESTS=OFF $(CMAKE_ARGS) >$(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }
	@cmake --build $(BUILD)

demo: build
	@tests/corpus/fetch.sh $(DEMO_DOCS) pdf
	@tests/corpus/demo.sh $(BUILD) $(DEMO_DOCS)

test:
	@cmake/deps.sh test
	@tests/run.sh test

check:
	@cmake/deps.sh check
	@tests/check.sh

test-all:
	@cmake/deps.sh all
	@tests/run.sh all

bench:
	@cmake/deps.sh test
	@tests/bench/run.sh

image: # as nightdesk:latest, with podman or docker
	@$$(command -v podman || command -v docker) build -t nightdesk .

install: build
	@cmake --install $(BUILD)

deploy: # EMAIL=… [STACK=…] [PARAMETERS="K=V …"]
	@EMAIL="$(EMAIL)" STACK="$(or $(STACK),nightdesk)" PARAMETERS="$(PARAMETERS)" infra/deploy.sh

destroy: # [STACK=…] [EVERYTHING=yes]: table and bucket are kept unless EVERYTHING=yes
	@STACK="$(or $(STACK),nightdesk)" infra/destroy.sh $(if $(filter yes,$(EVERYTHING)),--everything)

format:
	@git ls-files '*.c' '*.h' '*.cpp' | xargs clang-format -i

clean:
	@rm -rf $(BUILD) $(BUILD)-* $(BUILD).log
