#!/bin/sh
# Writes .env: .env.example with a new random value for every empty password and secret. An existing line stays unchanged,
# since the databases use its passwords; lines that a newer version needs are added.
set -eu
cd "$(dirname "$0")/.."

random() {
  LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 40
}

umask 077
: >>.env
cp .env .env.new
while IFS= read -r line; do
  case $line in
    *=*) if grep -q "^${line%%=*}=" .env; then continue; fi ;;
    *) if [ -s .env ]; then continue; fi ;;
  esac
  case $line in
    \#*) echo "$line" ;;
    HOLDOUT_USER=) echo "$line$(id -u):$(id -g)" ;;
    *PASSWORD= | *SECRET_ACCESS_KEY=) echo "$line$(random)" ;;
    *) echo "$line" ;;
  esac
done <.env.example >>.env.new
mv .env.new .env
# If Docker created it, it would belong to root.
mkdir -p .holdout/compose
mkdir -p -m 700 .holdout/compose/seal-keys
echo 'Wrote .env. Keep it, and keep it secret.' >&2
