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
    *PASSWORD= | *SECRET_ACCESS_KEY= | *TOKEN=) echo "$line$(random)" ;;
    *) echo "$line" ;;
  esac
done <.env.example >>.env.new
mv .env.new .env
# If Docker created it, it would belong to root.
mkdir -p .holdout/compose
mkdir -p -m 700 .holdout/compose/seal-keys .holdout/compose/codec-keys
echo 'Wrote .env. Keep it, and keep it secret. Once the stack is up, this link signs a browser in to the Web UI:' >&2
value() {
  sed -n "s/^$1=//p" .env
}
echo "http://127.0.0.1:$(value HOLDOUT_UI_PORT)/?token=$(value HOLDOUT_WEB_TOKEN)" >&2
