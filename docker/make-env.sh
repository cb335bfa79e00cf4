#!/bin/sh
# Writes .env: .env.example with a new random value behind every empty password and secret. Never touches one that is
# there: the databases know its passwords.
set -eu
cd "$(dirname "$0")/.."

if [ -e .env ]; then
  echo '.env is there already; it was left as it is.' >&2
  exit 0
fi

random() {
  LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 40
}

umask 077
while IFS= read -r line; do
  case $line in
    \#*) echo "$line" ;;
    HOLDOUT_USER=) echo "$line$(id -u):$(id -g)" ;;
    *PASSWORD= | *SECRET_ACCESS_KEY=) echo "$line$(random)" ;;
    *) echo "$line" ;;
  esac
done <.env.example >.env.new
mv .env.new .env
# Docker would make it root's.
mkdir -p .holdout/compose
echo '.env is written; keep it, and show it to nobody.' >&2
