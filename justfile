set shell := ["sh", "-cu"]
export PATH := justfile_directory() / "node_modules/.bin" + ":" + env("PATH")

# Show every verb
default:
    @just --list --unsorted

# Install what package-lock.json names
install:
    npm ci --no-audit --no-fund

# Play the main job once and stay up (--once to leave after the story, --kafka for a real broker)
demo *args:
    npm run --silent demo -- {{args}}

# All tests; with arguments, only those files
test *args:
    npm test --silent -- {{args}}

# Figures beside a baseline of the same run, as JSON lines: just bench [name …]; --write measures all into docs/benchmarks.md
bench *args:
    node dev/bench/main.ts {{args}}

# Flood the receiver, and put a backlog in GitHub's log, on the real stack (--seconds N, --backlog N, --only flood|backlog, --write into docs/load.md)
load *args:
    node dev/load/main.ts {{args}}

# Steady work on the real stack, and whether anything grows that should not (--minutes 60, --every MS, --write into docs/load.md)
long-run *args:
    node dev/load/long-run.ts {{args}}

# Kill each process at each failpoint, and break each law, to see that nothing is lost or doubled (--only NAME, --seed N)
kill-matrix *args:
    node dev/kill-matrix/main.ts {{args}}

# Do what an operator does after an accident, on a real stack, with evidence: rebuild, restore, rotate, roll (docs/runbook.md)
drill *args:
    node dev/drills/main.ts {{args}}

# Give the parsers of outside bytes inputs like those that are kept: just fuzz [target …] (--seconds N for each, --seed N, --keep what is new)
fuzz *args:
    node dev/fuzz/main.ts {{args}}

# Look offline at what is installed (pins, scripts, licences) and for secrets in all that was ever committed
audit:
    node dev/audit/main.ts

# Play generated histories on the real stack while things break, and ask what was lost or doubled: just histories [N] [--seed N] [--kafka] [--laws] [--keep FILE] …
histories *args:
    node dev/histories/main.ts {{args}}

# Take guards away in a copy of the tree, to see that tests notice (--count N, --seed N, --only N, --all)
guards *args:
    node dev/pitfalls/main.ts {{args}}

# Types, lint, and the pages' own check
check:
    cd apps/web && svelte-kit sync && svelte-check --tsconfig ./tsconfig.json --fail-on-warnings
    tsc -p .
    tsc -p tests
    eslint .

# The share of the code that the unit and integration tests run through; coverage/lcov.info for a tool
coverage *args:
    vitest run --project unit --project integration --coverage.enabled --coverage.reporter=text-summary --coverage.reporter=lcovonly {{args}}

# Build the pages
web-build:
    npm run --silent --workspace @doubloon/web build

# Apply or take back migrations: just migrate treasury up | down (DATABASE_URL names the database)
migrate app direction="up":
    node packages/postgres/src/migrate-main.ts {{app}} {{direction}}

# Install what building the program needs (Debian)
escrow-toolchain:
    sh packages/escrow/install-toolchain.sh

# Build the program
escrow-build:
    sh packages/escrow/build.sh

# Build the program again and compare it with the committed bytes
escrow-check:
    sh packages/escrow/build.sh --check

# Test the program natively: what in it is pure
escrow-native:
    cargo test --quiet --locked --lib --manifest-path packages/escrow/program/Cargo.toml

# Test the program: natively, attacks in a virtual machine, random sequences against a model
escrow-test: escrow-native
    vitest run --project unit --project integration packages/escrow

# Write packages/escrow/COSTS.md from the committed builds
escrow-costs:
    node packages/escrow/costs.ts

# Write packages/escrow/idl.json, by which Codama generates clients
escrow-idl:
    node packages/escrow/idl/write.ts

# Run the Chain contract on solana-test-validator (SOLANA_TEST_VALIDATOR names the binary) or on SOLANA_RPC_URL
chain-conformance:
    node packages/escrow/chain-conformance.ts

# Generate the RPC code from the contracts
rpc-generate:
    cd packages/rpc && buf lint && buf generate

# Generate event schemas, AsyncAPI and the table of events
events-generate:
    npm run --silent --workspace @doubloon/events documents

# Build the tree of every image and run it outside a container: another user, nothing writable
images-check:
    node dev/images/check-main.ts

# Make what docker-compose.yml reads from ./secrets and .env, as far as nobody else has a part in it; what exists is left as it is
secrets:
    node apps/cli/src/main.ts secrets

# Write the documents that are made from the code
docs:
    node dev/checks/docs-main.ts

# What CI runs
ci:
    bash .ci/run
