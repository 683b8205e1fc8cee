# Everything that is done with this tree. `make help` tells the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := build/venv
PYTHON := $(VENV)/bin/python
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
# Which C tests the sanitizers watch: a regular expression.
TESTS ?= .
# The engine's thread library opens its helpers in a way that sanitizers refuse, unless told of them.
export TBB_ENABLE_SANITIZERS := 1
SANITIZER_SUPPRESSIONS := $(CURDIR)/tests/suppressions
C_FILES = $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h' '*.hpp')
# These are run by ctest, which knows the programs that were built for them.
PYTHON_TESTS = $(filter-out tests/model tests/cli tests/document,$(patsubst %/,%,$(sort $(dir $(wildcard sdk/tests/test_*.py tests/*/test_*.py)))))
# Address space randomisation of new kernels is more than this compiler's thread sanitizer can take.
FIXED_ADDRESSES := $(shell setarch "$$(uname -m)" -R true 2>/dev/null && echo setarch "$$(uname -m)" -R)

# $(call configure,FOLDER,OPTIONS)
configure = test -f $(1)/build.ninja || \
    cmake -S . -B $(1) -G Ninja -DPython3_EXECUTABLE=$(CURDIR)/$(PYTHON) $(2)

.PHONY: help setup build demo test asan tsan fuzz bench format lint coverage generate docs clean \
        install ready deb wheel pythons

help: ## this list
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | awk -F '\t' '{printf "  %-10s %s\n", $$1, $$2}'
	@echo "Variables: JOBS=$(JOBS)  PREFIX=$(PREFIX)  FUZZ_SECONDS=$(FUZZ_SECONDS)  TESTS=$(TESTS)"

setup: ## compiler, libraries, Python packages and inference engine, from package registries
	@tools/setup.sh

build: setup ## library, server and command line tool, into build/lib and build/bin
	@$(call configure,build,)
	@ninja -C build -j $(JOBS)

# Built, with models, test pictures and the Python package in place.
ready: build
	@tools/setup.sh models
	@tools/setup.sh sdk

demo: ready ## enrol, identify, compare and delete people, on a server of its own
	@$(PYTHON) tools/demo.py

test: ready ## every test: C programs, Python, documentation, a minute of fuzzing
	@echo "== C tests"
	@ctest --test-dir build -j $(JOBS) --output-on-failure --no-tests=error
	@echo "== Python tests"
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(PYTHON) -m pytest -q -ra $(PYTHON_TESTS)
	@$(MAKE) docs
	@$(MAKE) fuzz FUZZ_SECONDS=8
	@echo "== all tests passed"

docs: ready ## the documentation as a site, into build/site/html
	@tools/setup.sh debian doxygen
	@tools/setup.sh python tools/requirements-docs.txt
	@tools/site/build.sh

# use_sigaltstack=0: the engine brings a signal stack of its own, and the sanitizer would free it with
# the thread that loaded the engine, and the engine once more, whatever is there by then.
asan: ready ## the C tests under address and undefined behaviour sanitizers
	@$(call configure,build/asan,-DPRIVID_SANITIZE=address)
	@ninja -C build/asan -j $(JOBS)
	@TBB_ENABLE_SANITIZERS=1 \
	 ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:use_sigaltstack=0:suppressions=$(SANITIZER_SUPPRESSIONS)/asan.supp \
	 LSAN_OPTIONS=print_suppressions=0:suppressions=$(SANITIZER_SUPPRESSIONS)/lsan.supp \
	 UBSAN_OPTIONS=print_stacktrace=1:suppressions=$(SANITIZER_SUPPRESSIONS)/ubsan.supp \
	 ctest --test-dir build/asan -j $(JOBS) --output-on-failure --no-tests=error \
	     -R '$(TESTS)'

tsan: ready ## the C tests under the thread sanitizer
	@$(call configure,build/tsan,-DPRIVID_SANITIZE=thread)
	@ninja -C build/tsan -j $(JOBS)
	@TBB_ENABLE_SANITIZERS=1 \
	 TSAN_OPTIONS=second_deadlock_stack=1:ignore_noninstrumented_modules=1:suppressions=$(SANITIZER_SUPPRESSIONS)/tsan.supp \
	 $(FIXED_ADDRESSES) ctest --test-dir build/tsan -j $(JOBS) --output-on-failure --no-tests=error \
	     -R '$(TESTS)'

fuzz: setup ## every fuzz target for FUZZ_SECONDS
	@tools/setup.sh debian clang libclang-rt-14-dev
	@$(call configure,build/fuzz,-DCMAKE_C_COMPILER=clang -DPRIVID_FUZZ=ON)
	@ninja -C build/fuzz -j $(JOBS) $(patsubst fuzz/%.c,fuzz_%,$(wildcard fuzz/*.c))
	@$(PYTHON) fuzz/seeds.py build/fuzz/corpus
	@for source in fuzz/*.c; do \
	    name=$$(basename "$$source" .c); \
	    echo "== fuzz_$$name, $(FUZZ_SECONDS) seconds"; \
	    mkdir -p "build/fuzz/corpus/$$name"; \
	    "build/fuzz/bin/fuzz_$$name" -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -print_final_stats=1 \
	        -artifact_prefix=build/fuzz/ "build/fuzz/corpus/$$name" || exit 1; \
	done

bench: ready ## time and memory of each operation, from the start of a process and at work
	@$(PYTHON) bench/start.py
	@$(PYTHON) bench/operations.py
	@build/bin/judge_bench faces build/pictures/obama.jpg
	@build/bin/judge_bench document build/pictures/documents/photographs/alderay-fontaine-careful.jpg
	@$(PYTHON) bench/stress.py

format: ## C files as .clang-format says
	@tools/setup.sh debian clang-format
	@clang-format -i $(C_FILES)

lint: setup ## formatting, mistakes, generated files, public header, shell scripts, Python and its types
	@tools/setup.sh debian clang-format clang-tidy shellcheck
	@tools/setup.sh python tools/requirements-lint.txt
	@clang-format --dry-run -Werror $(C_FILES)
	@$(PYTHON) tools/generate.py --check
	@$(call configure,build,)
	@ninja -C build build.ninja >/dev/null
	@echo "clang-tidy: all C files, some minutes"
	@$(PYTHON) tools/tidy.py
	@cc -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c include/privid/privid.h
	@c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ include/privid/privid.h
	@c++ -std=c++11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fsyntax-only -x c++ \
	    include/privid/privid.hpp
	@shellcheck tools/*.sh tools/site/*.sh .ci/run
	@$(VENV)/bin/ruff check --quiet --line-length 100 tools sdk tests models bench fuzz training
	@cd sdk && $(CURDIR)/$(VENV)/bin/mypy --no-error-summary
	@cd sdk && $(CURDIR)/$(VENV)/bin/pyright -p . --pythonpath $(CURDIR)/$(PYTHON) >$(CURDIR)/build/pyright.log \
	    || { cat $(CURDIR)/build/pyright.log; exit 1; }
	@echo "nothing to complain about"

coverage: ready ## lines that the tests run, as a table and as build/coverage/report.html
	@tools/coverage.sh

generate: setup ## whatever follows from src/config/*.json and the operating points
	@$(PYTHON) tools/generate.py

clean: ## remove what was built; keeps what was downloaded
	@if [ -d build ]; then find build -mindepth 1 -maxdepth 1 \
	    ! -name deps ! -name venv ! -name pictures ! -name .setup-lock -exec rm -rf {} +; fi
	@rm -rf sdk/build sdk/src/*.egg-info

install: build ## library, headers, programs and licences into PREFIX (DESTDIR is honoured)
	@cmake --install build --prefix "$(PREFIX)" >build/install.log || { cat build/install.log; exit 1; }
	@echo "installed into $(DESTDIR)$(PREFIX)"

wheel: build ## Python wheels for any Linux like this one, of the package and of its models, into build/wheels
	@tools/setup.sh models
	@tools/setup.sh python tools/requirements-wheel.txt
	@tools/wheels.sh build/wheels

# Those that are not on this machine are skipped.
pythons: wheel ## the wheels in a fresh environment of each Python that they serve, all samples run
	@PRIVID_WHEELS=$(CURDIR)/build/wheels PRIVID_PYTHONS="3.10 3.11 3.12 3.13" \
	 $(PYTHON) -m pytest -v -ra tests/install/test_pythons.py

deb: build ## a Debian package of library, headers and programs, into build/packages
	@tools/setup.sh debian dpkg-dev file
	@cd build && cpack -B packages >cpack.log || { cat cpack.log; exit 1; }
	@rm -rf build/packages/_CPack_Packages
	@ls -l build/packages/*.deb
