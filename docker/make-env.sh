#!/bin/sh
# Writes .env: .env.example with a new random value behind every empty password and secret. A line that is there already
# stays: the databases know its passwords. What a newer version needs besides is added.
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
# Docker would make it root's.
mkdir -p .holdout/compose
echo '.env is written; keep it, and show it to nobody.' >&2
