#!/usr/bin/env bash
# FedAiP2P: the only script a newcomer needs. `./fedai.sh help` lists what it does.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
stamps=$root/artifacts/stamps
config=Release
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
quietly() { local log; log=$("$@" </dev/null 2>&1) || die "that failed:  $*"$'\n'"$log"; }
die() { printf 'fedai.sh: %s\n' "$1" >&2; exit "${2:-1}"; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

debian_packages() {
  local missing=() name file install
  while read -r name file; do
    compgen -G "/usr/lib*/$file" >/dev/null || compgen -G "/usr/lib/*/$file" >/dev/null || missing+=("$name")
  done <<<"libsecp256k1-1 libsecp256k1.so.[0-9]
libsodium23 libsodium.so.2[0-9]
libsqlite3-0 libsqlite3.so.0"
  command -v bwrap >/dev/null || missing+=(bubblewrap)
  [ "${1:-}" != and-a-linker ] || { command -v gcc && compgen -G "/usr/lib*/*/crt1.o"; } >/dev/null || missing+=(gcc libc6-dev)
  [ ${#missing[@]} -gt 0 ] || return 0
  install="apt-get install -y --no-install-recommends ${missing[*]}"
  command -v apt-get >/dev/null ||
    die "please install ${missing[*]} (Debian's names; elsewhere libsecp256k1, libsodium, sqlite3, bubblewrap)"
  as_root true 2>/dev/null || die "please run once, as root:  apt-get update && $install"
  say "installing Debian packages: ${missing[*]}"
  quietly as_root apt-get update -qq
  quietly as_root env DEBIAN_FRONTEND=noninteractive $install -qq
}

dotnet_sdk() {
  local wanted; wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$root/global.json")
  command -v dotnet >/dev/null && (cd "$root" && dotnet --version >/dev/null 2>&1) ||
    die "the .NET SDK $wanted (or a later patch of it) is missing: install the package dotnet-sdk-10.0 of your system, or Microsoft's installer script for channel 10.0"
}

# once NAME INPUT... -- COMMAND: runs COMMAND unless it last succeeded on the same contents of INPUT.
once() {
  local name=$1 inputs=() sum; shift
  while [ "$1" != -- ]; do inputs+=("$1"); shift; done; shift
  sum=$(cat "${inputs[@]}" | sha256sum)
  [ "$(cat "$stamps/$name" 2>/dev/null)" = "$sum" ] && return 0
  "$@"
  mkdir -p "$stamps" && printf '%s\n' "$sum" >"$stamps/$name"
}

npm_folder() { # FOLDER WHAT: the packages that its package-lock.json pins, and no others
  local stamp=npm-${1//\//-}
  [ -d "$root/$1/node_modules" ] || rm -f "$stamps/$stamp"
  command -v npm >/dev/null || die "npm is missing ($2 come as npm packages): install the packages nodejs and npm of your system"
  once "$stamp" "$root/$1/package-lock.json" -- npm_ci "$@"
}
# What it compiles (a test's SQLite) is not optimised, which saves a minute.
npm_ci() { say "fetching $2"; quietly env CFLAGS=-O0 CXXFLAGS=-O0 npm --prefix "$root/$1" ci --no-audit --no-fund --loglevel=error; }

restore() { say "restoring .NET packages"; quietly dotnet restore "$root/FedAiP2P.sln" --locked-mode -v q; }

setup() {
  debian_packages "$@"
  dotnet_sdk
  npm_folder native "the llama.cpp libraries"
  [ -e "$root/daemon/obj/project.assets.json" ] || rm -f "$stamps/restore"
  once restore "$root"/*.props "$root"/*/*.csproj "$root"/*/*/*.csproj "$root"/*/packages.lock.json "$root"/*/*/packages.lock.json -- restore
}

compile() { quietly dotnet build "$root/$1" -c $config --no-restore -v q; }

# Builds the daemon unless nothing it is made of is newer than its last build.
compile_daemon() {
  local stamp=$stamps/daemon
  [ ! -e "$stamp" ] || [ -n "$(cd "$root" && find protocol relaydiscovery runners daemon ./*.props "$stamps/restore" \
    \( -name bin -o -name obj \) -prune -o -type f -newer "$stamp" -print -quit)" ] || return 0
  say "building fedai (the first time takes about a minute)"
  touch "$stamp.new"
  compile daemon
  mv "$stamp.new" "$stamp"
}

# Runs every test project; the last line counts them, and the exit code is 0 only if tests ran and all passed.
run_tests() {
  local log=$root/artifacts/tests.log project rc=0 passed failed skipped
  if [ "${1:-}" = --native ]; then # where a test starts a process, it is the program that users get
    shift; publish
    export FEDAI_PROGRAM=$root/artifacts/fedai/fedai
  else
    setup
  fi
  [ ! -e "$root/tests/js/package-lock.json" ] || npm_folder tests/js "an independent relay and clients to test against"
  say "building everything"
  compile FedAiP2P.sln
  : >"$log"
  for project in "$root"/tests/*Tests/*.csproj; do
    say "running $(basename "$project" .csproj)"
    dotnet test "$project" -c $config --no-build "$@" </dev/null 2>&1 | tee -a "$log" || rc=1
  done
  # Passed!  - Failed:     0, Passed:    48, Skipped:     0, Total:    48, Duration: 1 s - FedAi.Tests.dll (net10.0)
  read -r failed passed skipped < <(awk -F'[:,]' '/^(Passed|Failed|Skipped)! /{f+=$2; p+=$4; s+=$6} END{print f+0, p+0, s+0}' "$log")
  [ $rc = 0 ] || [ "$failed" -gt 0 ] || { failed=1; say "a test run ended early; it counts as one failure"; }
  [ $((passed + failed)) -gt 0 ] || { failed=1; say "no test ran"; }
  [ "$skipped" = 0 ] || say "$skipped skipped; each says why above"
  printf '%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
}

data='' pids=()

# Runs router, node and gateway, each in a process of its own, asks a question and shows the signed proof.
demo() {
  local question="What is a router?" stay='' ports=0,0,0 router_port node_port gateway_port
  while [ $# -gt 0 ]; do
    case $1 in --ask | --ports) [ $# -gt 1 ] || die "$1 needs a value" 2 ;; esac
    case $1 in
      --ask) question=$2; shift 2 ;;
      --ports) ports=$2; shift 2 ;;
      --stay) stay=yes; shift ;;
      *) die "unknown option: $1; see ./fedai.sh help" 2 ;;
    esac
  done
  IFS=, read -r router_port node_port gateway_port <<<"$ports"
  setup
  compile_daemon

  local fedai=$root/daemon/bin/$config/net10.0/fedai local_only=(--set http.allowPrivate=loopback) router node gateway relay npub
  data=$(mktemp -d)
  trap demo_ends EXIT; trap 'exit 130' INT; trap 'exit 143' TERM

  npub=$("$fedai" keys new --data "$data/router")
  "$fedai" manifest --write --role router --data "$data/router" >/dev/null
  start router "$fedai" run --data "$data/router" --listen "127.0.0.1:$router_port" "${local_only[@]}"
  router=$url relay=ws${url#http}relay
  local price=(--set node.pricing.inputMsat=10 --set node.pricing.outputMsat=50)
  "$fedai" keys new --data "$data/node" >/dev/null
  "$fedai" manifest --write --role node --data "$data/node" "${price[@]}" >/dev/null
  start node "$fedai" run --data "$data/node" --listen "127.0.0.1:$node_port" "${local_only[@]}" "${price[@]}" \
    --set "node.routers=$npub@${router%/}" --set "runner.modelPath=$root/runners/models/fedai-tiny-q8_0.gguf" \
    --set runner.isolationMinimum=rlimits # the model is this repository's own: it runs also where nothing better than that is to be had
  node=$url
  start gateway "$fedai" gateway --data "$data/gateway" --listen "127.0.0.1:$gateway_port" "${local_only[@]}" --relay "$relay"
  gateway=$url

  printf '\n%s\n\n' "$question"
  "$fedai" ask --url "$gateway" --proof "$data/proof.json" "$question" & wait $! || die "no answer; the logs:$(show_logs)"
  printf '\n'
  "$fedai" metering verify "$data/proof.json" || die "the proof does not hold"
  [ -n "$stay" ] || return 0

  printf '\nIt stays up until Ctrl-C. Try:\n\n'
  printf "  curl -N %sv1/chat/completions -d '%s'\n\n" "$gateway" '{"model":"fedai-tiny-q8_0","stream":true,"messages":[{"role":"user","content":"What is a node?"}]}'
  printf '{"gateway":"%s","router":"%s","node":"%s","relay":"%s","data":"%s"}\n' "${gateway%/}" "${router%/}" "${node%/}" "$relay" "$data"
  wait -n "${pids[@]}" || true
  die "a daemon ended; the logs:$(show_logs)"
}

# start NAME COMMAND...: runs a daemon, keeps its log, and returns when it says where it listens ($url).
start() {
  local name=$1 line out; shift
  say "starting the $name"
  mkfifo "$data/$name.out"
  "$@" >"$data/$name.out" 2>&1 </dev/null &
  pids+=($!) url=
  exec {out}<"$data/$name.out"
  while [ -z "$url" ] && read -r -t 60 -u "$out" line; do
    printf '%s\n' "$line" >>"$data/$name.log"
    [[ $line =~ 'listens on '(http[^ ]+) ]] && url=${BASH_REMATCH[1]}
  done
  [ -n "$url" ] || die "the $name did not start:$(show_logs)"
  cat <&"$out" >>"$data/$name.log" &
  exec {out}<&-
}

show_logs() { local log; for log in "$data"/*.log; do printf '\n--- %s\n' "$(basename "$log")"; tail -20 "$log"; done; }

demo_ends() {
  trap '' INT TERM
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$data"
}

rid=linux-$(case $(uname -m) in aarch64) echo arm64 ;; *) echo x64 ;; esac)

publish() { # a folder that needs no .NET on the machine it is copied to
  local project
  setup and-a-linker
  say "compiling native programs to artifacts/fedai (two to three minutes)"
  rm -rf "$root/artifacts/fedai"
  for project in daemon runners/LlamaHost; do
    quietly dotnet publish "$root/$project" -r "$rid" -o "$root/artifacts/fedai" -v q
  done
  mkdir -p "$root/artifacts/fedai/llama"
  cp "$root/native/node_modules/@node-llama-cpp/$rid/bins/$rid"/*.so "$root/artifacts/fedai/llama/"
  local cuda=$root/native/node_modules/@node-llama-cpp/$rid-cuda/bins/$rid-cuda
  if [ -d "$cuda" ]; then # for NVIDIA GPUs, where somebody installed it (see README)
    mkdir -p "$root/artifacts/fedai/llama-cuda"
    cp "$cuda"/*.so "$root/artifacts/fedai/llama-cuda/"
  fi
  say "artifacts/fedai/fedai is ready"
}

bench() {
  publish
  quietly dotnet publish "$root/tests/FedAi.Benchmarks/EmptyKestrel" -r "$rid" -o "$root/artifacts/empty-kestrel" -v q
  compile tests/FedAi.Benchmarks
  cd "$root" && exec tests/FedAi.Benchmarks/bin/$config/net10.0/FedAi.Benchmarks "$@"
}

usage() {
  cat <<'TEXT'
usage: ./fedai.sh COMMAND [options]

  setup     install what is missing, or say what to install; the other commands do this themselves
  demo      ask a question through gateway, relay, router and node on this machine; print the answer and its proof
              --ask TEXT      another question
              --stay          leave it running until Ctrl-C; the last line is JSON for scripts
              --ports R,N,G   ports of router, node and gateway instead of free ones
  test      build everything and run all tests (--native: processes that they start are the published programs)
  bench     measure, and print the table of figures (--check: exit 1 on a miss, --only ROW: just that row, --requests N: so many for endurance)
  publish   make a self-contained folder, artifacts/fedai
TEXT
}

case "${1:-help}" in
  setup) setup; say "all set" ;;
  demo) shift; demo "$@" ;;
  test) shift; run_tests "$@" ;;
  bench) shift; bench "$@" ;;
  publish) publish ;;
  help | -h | --help) usage ;;
  *) usage >&2; die "unknown command: $1" 2 ;;
esac
