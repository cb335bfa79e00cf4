#!/bin/sh
# Rejects every packet that a submission's user sends from the host's own network. Submissions have no network at all; if one
# came out of its container, it would still not reach the instance's metadata (169.254.169.254), the runner's credentials
# (169.254.170.2) or the ECS agent (port 51678), where the rights of the instance and of its jobs are.
#
# By user and not by address: the agent's own rules have rewritten 169.254.170.2 to 127.0.0.1 before this chain is reached.
set -eu

# The same numbers as in src/submission-user.ts.
users=1048576-2097151
group=64001

# reject PROGRAM OWNER: adds the first rule of the chain, once.
reject() {
  program=$1
  shift
  "$program" --wait --check OUTPUT --match owner "$@" --jump REJECT 2>/dev/null ||
    "$program" --wait --insert OUTPUT 1 --match owner "$@" --jump REJECT
}

for program in iptables ip6tables; do
  reject "$program" --uid-owner "$users"
  reject "$program" --gid-owner "$group"
done
