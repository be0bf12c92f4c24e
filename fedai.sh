#!/usr/bin/env bash
# FedAiP2P: the only script a newcomer needs. `./fedai.sh help` lists what it does.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
stamps=$root/artifacts/stamps
config=Release
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf 'fedai.sh: %s\n' "$*" >&2; exit "${2:-1}"; }

# --- setup: install what is missing, or say plainly what to install -----------------------------------------------

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

debian_packages() {
  local missing=() name file
  while read -r name file; do
    compgen -G "/usr/lib/*/$file" >/dev/null || compgen -G "/usr/lib*/$file" >/dev/null ||
      compgen -G "/usr/bin/$file" >/dev/null || missing+=("$name")
  done <<'LIST'
libsecp256k1-1 libsecp256k1.so.[0-9]
libsodium23 libsodium.so.2[0-9]
libsqlite3-0 libsqlite3.so.0
bubblewrap bwrap
LIST
  [ ${#missing[@]} -gt 0 ] || return 0
  local command="apt-get install -y --no-install-recommends ${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    die "please install: ${missing[*]} (Debian's names; other systems call them libsecp256k1, libsodium, sqlite3, bubblewrap)"
  elif ! as_root true 2>/dev/null; then
    die "please run once, as root:  apt-get update && $command"
  fi
  say "installing Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  { as_root apt-get update -qq && as_root $command -qq; } </dev/null >&2 || die "that failed; try by hand:  apt-get update && $command"
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
  "$@" || die "$name failed; what it printed stands above"
  mkdir -p "$stamps" && printf '%s\n' "$sum" >"$stamps/$name"
}

npm_folder() { # the packages that package-lock.json pins, and no others
  local folder=$1 what=$2
  [ -d "$root/$folder/node_modules" ] || rm -f "$stamps/npm-${folder//\//-}"
  command -v npm >/dev/null || die "npm is missing ($what come as npm packages): install the packages nodejs and npm of your system"
  once "npm-${folder//\//-}" "$root/$folder/package-lock.json" -- npm_ci "$folder" "$what"
}
npm_ci() { say "fetching $2 ($1)"; (cd "$root/$1" && npm ci --no-audit --no-fund --loglevel=error </dev/null >&2); }

restore() { say "restoring .NET packages"; dotnet restore "$root/FedAiP2P.sln" --locked-mode -v q </dev/null >&2; }

setup() {
  debian_packages
  dotnet_sdk
  npm_folder native "the llama.cpp libraries"
  [ -e "$root/daemon/obj/project.assets.json" ] || rm -f "$stamps/restore"
  once restore "$root"/*.props "$root"/*/*.csproj "$root"/*/*/*.csproj "$root"/*/packages.lock.json "$root"/*/*/packages.lock.json -- restore
}

# build NAME PROJECT FOLDER...: builds unless nothing in the folders is newer than the last build.
build() {
  local name=$1 project=$2 stamp=$stamps/build-$1 folder folders=(); shift 2
  for folder in "$@"; do folders+=("$root/$folder"); done
  if [ -e "$stamp" ] && [ -z "$(find "${folders[@]}" "$root"/*.props "$stamps/restore" \
      \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -newer "$stamp" -print -quit)" ]; then return 0; fi
  say "building $name (the first time takes about a minute)"
  mkdir -p "$stamps" && touch "$stamp.new"
  dotnet build "$root/$project" -c $config --no-restore -v q -clp:NoSummary </dev/null >&2 || die "the build failed"
  mv "$stamp.new" "$stamp"
}

# --- test ---------------------------------------------------------------------------------------------------------

# Runs every test project; the last line counts them, and the exit code is 0 only if tests ran and all passed.
run_tests() {
  local results=$root/artifacts/tests project failed=0 rc=0
  setup
  [ ! -e "$root/tests/js/package-lock.json" ] || npm_folder tests/js "an independent relay and clients to test against"
  rm -rf "$results"
  say "building everything"
  dotnet build "$root/FedAiP2P.sln" -c $config --no-restore -v q -clp:NoSummary </dev/null >&2 || die "the build failed"
  for project in "$root"/tests/*Tests/*.csproj; do
    say "running $(basename "$project" .csproj)"
    dotnet test "$project" -c $config --no-build --results-directory "$results" \
      --logger trx --logger "console;verbosity=minimal" "$@" </dev/null || rc=1
  done
  # <Counters total="12" executed="12" passed="12" failed="0" ...>; a skipped test is in total and not in executed.
  local total=0 executed=0 passed=0 counters
  while read -r counters; do
    total=$((total + $(count total "$counters")))
    executed=$((executed + $(count executed "$counters")))
    passed=$((passed + $(count passed "$counters")))
  done < <(grep -rhoE '<Counters [^>]*>' "$results" 2>/dev/null)
  failed=$((executed - passed))
  [ $rc = 0 ] || [ $failed -gt 0 ] || { failed=1; say "a test run ended early; it counts as one failure"; }
  [ "$executed" -gt 0 ] || { failed=1; say "no test ran"; }
  local line="$passed passed, $failed failed"
  [ "$total" = "$executed" ] || line+=", $((total - executed)) skipped"
  printf '%s\n' "$line"
  [ $failed = 0 ]
}
count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$2"; }

# --- publish ------------------------------------------------------------------------------------------------------

usage() {
  cat <<'TEXT'
usage: ./fedai.sh COMMAND [options]

  setup     install what is missing, or say what to install; the other commands do this themselves
  demo      ask a question through gateway, relay, router and node on this machine; print the answer and its proof
              --ask TEXT      another question
              --stay          leave it running until Ctrl-C
  test      build everything and run all tests
  bench     measure, and print the table of figures (--check: exit 1 on a miss, --only ROW: just that row)
  publish   make a self-contained folder, artifacts/fedai
TEXT
}

case "${1:-help}" in
  setup) setup; say "all set" ;;
  test) shift; run_tests "$@" ;;
  help | -h | --help) usage ;;
  *) usage >&2; die "unknown command: $1" 2 ;;
esac
