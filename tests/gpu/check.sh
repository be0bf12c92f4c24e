#!/usr/bin/env bash
# Whether a model runs on this machine's GPU: how many layers are there, how fast it is beside the processor, and whether a
# node's GET /status and nvidia-smi say the same (CARD-09).
#   tests/gpu/check.sh [MODEL.gguf]      (default: the demo model)
# Exit code 0: it does, or there is no GPU to ask; 1: there is a GPU, and what is missing for it stands on the last line.
# Never part of CI, which has no GPU.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
model=${1:-$root/runners/models/fedai-tiny-q8_0.gguf}
if [ ! -e /dev/nvidiactl ]; then
  echo "skipped: no NVIDIA GPU here (/dev/nvidiactl is not there)"
  exit 0
fi
cuda=$root/native/node_modules/@node-llama-cpp/linux-x64-cuda/bins/linux-x64-cuda
if [ ! -d "$cuda" ]; then
  echo "llama.cpp's CUDA build is missing: npm install --prefix native --no-save @node-llama-cpp/linux-x64-cuda@3.22.1"
  exit 1
fi
missing=$(find "$cuda" -name 'libggml-cuda*.so' -exec ldd {} + | awk '/not found/ {print $1}' | sort -u | paste -sd' ')
if [ -n "$missing" ]; then
  echo "missing on this system: $missing (the NVIDIA driver, CUDA 13's runtime and cuBLAS bring them)"
  exit 1
fi
dotnet build "$root/tests/FedAi.Benchmarks" -c Release -v q
exec "$root/tests/FedAi.Benchmarks/bin/Release/net10.0/FedAi.Benchmarks" gpu "$model"
