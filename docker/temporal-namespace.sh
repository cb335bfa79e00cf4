#!/bin/sh
# Creates the namespace, with 60 days of history, and the search attributes that Holdout's lists need; existing ones
# stay unchanged. TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE select the server and the namespace.
set -eu

# Reattempts a command until it succeeds, for at most two minutes; then prints its last output.
retry() {
  attempts=60
  until output=$("$@" 2>&1); do
    attempts=$((attempts - 1))
    if [ "$attempts" -eq 0 ]; then
      echo "$*: $output" >&2
      exit 1
    fi
    sleep 2
  done
}

namespace() {
  temporal operator namespace "$@" --namespace "$TEMPORAL_NAMESPACE"
}

has_attribute() {
  temporal operator search-attribute list | grep -q "$1 "
}

# attribute NAME TYPE. Frontends see a new attribute only after a while; until then they refuse workers that use it.
attribute() {
  has_attribute "$1" || retry temporal operator search-attribute create --name "$1" --type "$2"
  retry has_attribute "$1"
}

retry temporal operator cluster health
if namespace describe >/dev/null 2>&1; then
  namespace update --retention 60d
else
  namespace create --retention 60d
fi
# Frontends see a new namespace only after a while, too.
retry temporal operator search-attribute list

for name in HoldoutCampaign HoldoutTeam HoldoutStage HoldoutClass HoldoutOutcome; do
  attribute "$name" Keyword
done
attribute HoldoutRuns Int
attribute HoldoutCostUsd Double
