#!/bin/sh
# Switches on the driver's own accounting, which keeps a process's peak of GPU memory after its end. Needs root, and the
# persistence mode, without which the driver forgets the setting between two processes.
set -eu

command -v nvidia-smi >/dev/null || exit 0
nvidia-smi --persistence-mode=1
nvidia-smi --accounting-mode=1
