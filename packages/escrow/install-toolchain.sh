#!/bin/sh
# What build.sh needs, once per machine (Debian 12): about 200 MB of packages and 3 minutes for the linker. Does nothing where it is there already.
set -eu
sudo=''
[ "$(id -u)" = 0 ] || sudo=sudo
if ! /usr/bin/rustc --print target-libdir --target bpfel-unknown-none 2>/dev/null | xargs -r test -d; then
  $sudo apt-get update -q
  $sudo apt-get install -yq --no-install-recommends rustc-web libstd-rust-web-dev-bpf llvm-22 llvm-22-dev libzstd-dev
fi
if ! sbpf-linker --version 2>/dev/null | grep -q '0\.2\.6$'; then
  LLVM_PREFIX=/usr/lib/llvm-22 PATH=/usr/lib/llvm-22/bin:$PATH \
    cargo install sbpf-linker --version 0.2.6 --locked --no-default-features --features bpf-linker/llvm-22
fi
