#!/bin/sh
# Ends what a job has left on its host: a submission whose runner is gone, and a runner whose launcher is gone. A runner that is
# killed cannot do it itself. systemd runs this every 10 seconds.
#
# Labels (src/runner/launch/container-labels.ts): holdout.job on a submission and holdout.runner on a runner have the job's id,
# holdout.launcher on a runner has the id of the launcher's container.
set -eu

scratch=${HOLDOUT_SCRATCH:-/var/lib/holdout}

# pairs LABEL: a line `CONTAINER VALUE` for each container with the label, running or not.
pairs() {
  docker ps --all --no-trunc --filter "label=$1" --format "{{.ID}} {{.Label \"$1\"}}"
}

# is_running FILTER: whether a running container matches. Ends the script if the engine gives no answer: that is no proof that
# anything is gone.
is_running() {
  found=$(docker ps --quiet --filter "$1") || exit 1
  [ -n "$found" ]
}

has_runner() {
  is_running "label=holdout.runner=$1"
}

# Submissions are listed before runners are looked for: a runner starts before its submission, so one that is not found is gone.
end_submissions() {
  pairs holdout.job | while read -r container job; do
    has_runner "$job" && continue
    docker rm --force --volumes "$container" >/dev/null
    echo "ended the submission of job $job: its runner is gone"
  done
}

# A runner that is told to stop still writes its outcome.
end_runners() {
  pairs holdout.launcher | while read -r container launcher; do
    is_running "id=$container" || continue
    is_running "id=$launcher" && continue
    docker stop --time 10 "$container" >/dev/null
    echo "stopped the runner $container: its launcher is gone"
  done
}

# Files, mounts and volumes of a run; a runner makes them after it has started, and removes them itself if it can.
remove_folders() {
  for folder in "$scratch"/runs/*/; do
    [ -d "$folder" ] || continue
    job=$(basename "$folder")
    has_runner "$job" && continue
    docker rm --force "ho-$job-base" >/dev/null 2>&1 || true
    docker volume ls --quiet --filter "name=ho-$job-" | xargs --no-run-if-empty docker volume rm >/dev/null
    awk -v under="${folder%/}/" 'index($5 "/", under) == 1 { print $5 }' /proc/self/mountinfo | tac |
      while read -r mount; do umount --lazy "$mount"; done
    rm --recursive --force --one-file-system "${folder%/}"
    echo "removed the folder of job $job: its runner is gone"
  done
}

end_submissions
end_runners
end_submissions
remove_folders
