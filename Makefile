# The commands a contributor needs. `make quickstart` first.

TLKB := .build/release/tlkb
FORMATTED := Package.swift Plugins Sources Tests

.PHONY: quickstart build test test-slow test-parity test-kill test-slurm test-snakemake lint format bench bench-consistency bench-engine bench-imaging bench-processes fuzz clean install

quickstart: build ## install what is missing, build, and run the main job end to end
	scripts/quickstart $(TLKB)

# Swift's libraries inside the command: it starts in two thirds of the time, and runs where no Swift is.
STATIC = $(shell d=$$(swift -print-target-info 2>/dev/null | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p'); [ -d "$${d}_static" ] && echo --static-swift-stdlib)

build: ## the command, optimised: .build/release/tlkb
	scripts/setup
	swift build -c release $(STATIC) --product tlkb
	swift build -c release $(STATIC) --product TlkbDicom

test: ## every test
	scripts/setup
	swift test --disable-xctest --parallel

test-slow: ## the score checks on 100,000 seeded cases per set-up, with the counts of verdicts
	scripts/setup
	TLKB_SLOW_TESTS=all swift test --disable-xctest --filter ConsistencyTests

test-parity: ## every network, not only the quick ones, against PyTorch's numbers: a quarter of an hour
	scripts/setup
	TLKB_SLOW_TESTS=all swift test --disable-xctest --filter 'BatchParityTests|TrainingParityTests|PyTorchTests'

test-kill: build ## runs killed with SIGKILL at ten random moments each, resumed, compared to the bit
	Tests/interruption/kill $(TLKB)

test-slurm: build ## a campaign on a real one-node Slurm cluster (slurm-wlm, munge)
	Tests/campaign/slurm $(TLKB)

test-snakemake: build ## a campaign through Snakemake from PyPI
	Tests/campaign/snakemake $(TLKB)

lint: ## the layout of every Swift file
	swift format lint --strict --recursive --parallel $(FORMATTED)

format: ## lay every Swift file out
	swift format format -i --recursive --parallel $(FORMATTED)

PREFIX ?= /usr/local
install: build ## the command, its DICOM decoder and its manual page, below PREFIX
	install -Dm755 $(TLKB) $(DESTDIR)$(PREFIX)/bin/tlkb
	install -Dm755 $(dir $(TLKB))libTlkbDicom.so $(DESTDIR)$(PREFIX)/lib/tlkb/libTlkbDicom.so
	scripts/manual $(TLKB) > .build/tlkb.1
	install -Dm644 .build/tlkb.1 $(DESTDIR)$(PREFIX)/share/man/man1/tlkb.1

bench: bench-consistency bench-engine bench-imaging bench-processes ## every benchmark, beside its peers

bench-consistency: ## score checks beside mlscorecheck
	scripts/setup
	swift build -c release --product ConsistencyBench
	Benchmarks/run consistency .build/release/ConsistencyBench

bench-engine: ## features and training steps beside PyTorch
	scripts/setup
	swift build -c release --product NeuralBench
	Benchmarks/run engine .build/release/NeuralBench

bench-imaging: ## loading images beside torchvision
	scripts/setup
	swift build -c release --product ImagingBench
	Benchmarks/run imaging .build/release/ImagingBench

bench-processes: build ## how long whole processes take, start included
	python3 Benchmarks/processes/measure.py $(TLKB)

MINUTES ?= 10
fuzz: ## every parser of foreign bytes under libFuzzer, MINUTES each
	scripts/setup
	scripts/fuzz $(MINUTES)

clean: ## everything that was built
	rm -rf .build
