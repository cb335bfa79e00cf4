#!/bin/sh
# Makes the namespace, with 60 days of history, and the search attributes that Holdout's lists need; what is there
# already stays. TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where.
set -eu

# Tries a command again until it succeeds, at most two minutes; then its last words are shown.
patiently() {
  tries=60
  until said=$("$@" 2>&1); do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then
      echo "$*: $said" >&2
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

# attribute NAME TYPE. Frontends take up a new one after a while; a worker that came before would be refused.
attribute() {
  has_attribute "$1" || patiently temporal operator search-attribute create --name "$1" --type "$2"
  patiently has_attribute "$1"
}

patiently temporal operator cluster health
if namespace describe >/dev/null 2>&1; then
  namespace update --retention 60d
else
  namespace create --retention 60d
fi
# The new namespace, too, is taken up after a while.
patiently temporal operator search-attribute list

for name in HoldoutCampaign HoldoutTeam HoldoutStage HoldoutClass HoldoutOutcome; do
  attribute "$name" Keyword
done
attribute HoldoutRuns Int
attribute HoldoutCostUsd Double
