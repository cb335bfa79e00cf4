#!/bin/sh
# Prepares an instance at its first boot, before the ECS agent starts; cloud-init runs it.
set -eu

install --directory --mode=0700 /var/lib/holdout

# The agent reads this file when it starts, and Batch adds the name of the cluster.
cat >>/etc/ecs/ecs.config <<'CONFIG'
ECS_IMAGE_PULL_BEHAVIOR=prefer-cached
ECS_DISABLE_PRIVILEGED=true
ECS_AWSVPC_BLOCK_IMDS=true
ECS_ENABLE_SPOT_INSTANCE_DRAINING=true
CONFIG

systemctl daemon-reload
systemctl enable holdout-host.service holdout-reaper.timer
systemctl start holdout-host.service
# The timer waits for cloud-init, which waits for this script.
systemctl start --no-block holdout-reaper.timer
