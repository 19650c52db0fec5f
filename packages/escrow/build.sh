#!/bin/sh
# Builds the program without Solana's platform tools: Debian's rustc (it carries a precompiled BPF core library) and sbpf-linker.
#   build.sh           writes doubloon_escrow.so (SBPF v3) and doubloon_escrow_v0.so, each with its .sha256
#   build.sh --check   builds twice, here and from a copy in another folder, and compares with what is committed
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rustc=${DOUBLOON_RUSTC:-/usr/bin/rustc}   # by full path: a rustup toolchain comes first on PATH and has no BPF core library
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$rustc" --version >/dev/null 2>&1 && command -v sbpf-linker >/dev/null ||
  { echo "build.sh: $rustc or sbpf-linker is missing; run packages/escrow/install-toolchain.sh" >&2; exit 1; }

# build CRATE ARCH OUT
build() {
  crate=$1; arch=$2; out=$3; target=$work/target-$2
  # LTO stays off: the linker joins all bitcode itself, and rustc's own pass in front of it doubled the compute units.
  # Multiplications can't be overflow-checked on this backend, so the crate only multiplies where it can't overflow.
  (cd "$crate" && env RUSTC="$rustc" CARGO_TARGET_DIR="$target" \
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_PROFILE_RELEASE_PANIC=abort CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=false \
    CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER=sbpf-linker \
    CARGO_TARGET_BPFEL_UNKNOWN_NONE_RUSTFLAGS="--remap-path-prefix=$crate=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo -C target-cpu=v2 -C target-feature=+allows-misaligned-mem-access -C link-arg=--arch=$arch -C link-arg=--deploy=false -C link-arg=--llvm-args=--bpf-stack-size=4096 -C link-arg=--disable-math-builtins -C link-arg=--disable-memory-builtins" \
    cargo rustc --quiet --release --locked --target bpfel-unknown-none --lib --crate-type cdylib)
  cp "$target/bpfel-unknown-none/release/"*doubloon_escrow.so "$out"
  rm -rf "$target"
}

name_of() { [ "$1" = v3 ] && echo doubloon_escrow.so || echo "doubloon_escrow_$1.so"; }

case ${1:-} in
  '')
    for arch in v3 v0; do
      name=$(name_of "$arch")
      build "$here/program" "$arch" "$here/$name"
      (cd "$here" && sha256sum "$name" > "$name.sha256" && cat "$name.sha256")
    done ;;
  --check)
    mkdir "$work/elsewhere"
    cp -r "$here/program/Cargo.toml" "$here/program/Cargo.lock" "$here/program/src" "$work/elsewhere"
    for arch in v3 v0; do
      name=$(name_of "$arch")
      (cd "$here" && sha256sum --check --quiet "$name.sha256")
      for folder in "$here/program" "$work/elsewhere"; do
        build "$folder" "$arch" "$work/$name"
        cmp "$work/$name" "$here/$name" || { echo "build.sh: $name is not what the sources give: run build.sh and commit" >&2; exit 1; }
      done
      echo "$name: the committed bytes are what the sources give, from two folders"
    done ;;
  *) echo "usage: build.sh [--check]" >&2; exit 2 ;;
esac
