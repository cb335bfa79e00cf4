"""Calls every operation of the endpoint in every state that it has, and prints what the service model does not allow.

contract.py ENDPOINT KEY SECRET: the queues are gpu (slots), none (no machine), off (disabled). Prints JSON.
"""

import json
import sys
import time

from wire import Wire

endpoint, key, secret = sys.argv[1:]
wire = Wire(endpoint, key, secret)
batch = wire.client
facts = {}

SIZE = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "100"}]
WHOLE = {
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/runner@sha256:" + "0" * 64,
    "command": ["run", "Ref::what"],
    "jobRoleArn": "arn:aws:iam::123456789012:role/runner",
    "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
    "volumes": [{"name": "socket", "host": {"sourcePath": "/var/run/docker.sock"}}, {"name": "scratch"}],
    "mountPoints": [
        {"sourceVolume": "socket", "containerPath": "/var/run/docker.sock", "readOnly": True},
        {"sourceVolume": "scratch", "containerPath": "/srv/holdout"},
    ],
    "environment": [{"name": "AWS_REGION", "value": "us-east-1"}, {"name": "HOLDOUT_BUCKET_PREFIX", "value": "x-"}],
    "readonlyRootFilesystem": True,
    "privileged": True,
    "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}],
    "user": "0:0",
    "resourceRequirements": [*SIZE, {"type": "GPU", "value": "1"}],
    "linuxParameters": {
        "devices": [{"hostPath": "/dev/loop-control", "permissions": ["READ", "WRITE", "MKNOD"]}],
        "initProcessEnabled": True,
        "sharedMemorySize": 64,
        "tmpfs": [{"containerPath": "/tmp", "size": 64, "mountOptions": ["noexec", "nosuid", "mode=1777"]}],
        "maxSwap": 0,
        "swappiness": 0,
    },
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/holdout/runner"}},
    "secrets": [{"name": "TOKEN", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"}],
}


def submit(script, queue="gpu", **rest):
    overrides = {"environment": [{"name": "HOLDOUT_RUN_KEY", "value": script}]}
    answer = batch.submit_job(
        jobName=rest.pop("name", "job"),
        jobQueue=queue,
        jobDefinition=rest.pop("definition", "runner"),
        containerOverrides=overrides,
        **rest,
    )
    return answer["jobId"]


def describe(*job_ids):
    return batch.describe_jobs(jobs=list(job_ids))["jobs"]


seen = set()


def until(job_id, *statuses):
    """Looks at a job, and at the lists of its queue, in every state until one of these."""
    for _ in range(600):
        for job in describe(job_id):
            seen.add(job["status"])
            batch.list_jobs(jobQueue=job["jobQueue"], jobStatus=job["status"])
            if job["status"] in statuses:
                return job
        time.sleep(0.05)
    raise TimeoutError(f"{job_id} did not come to {statuses}")


# Definitions
batch.register_job_definition(jobDefinitionName="runner", type="container", containerProperties={"image": "x", "resourceRequirements": SIZE})
batch.register_job_definition(
    jobDefinitionName="whole",
    type="container",
    containerProperties=WHOLE,
    parameters={"what": "this"},
    retryStrategy={"attempts": 1, "evaluateOnExit": [{"action": "exit", "onReason": "*", "onExitCode": "1*"}]},
    propagateTags=True,
    timeout={"attemptDurationSeconds": 60},
    tags={"owner": "me", "holdout:kind": "runner"},
    schedulingPriority=9999,
    platformCapabilities=["EC2"],
)
shown = batch.describe_job_definitions(jobDefinitions=["whole:1"])["jobDefinitions"][0]
given = shown["containerProperties"]
facts["definition comes back as it was given"] = all(given[name] == value for name, value in WHOLE.items())
for _ in range(5):
    batch.register_job_definition(jobDefinitionName="many", type="container", containerProperties={"image": "x", "resourceRequirements": SIZE})
batch.deregister_job_definition(jobDefinition="many:3")
batch.deregister_job_definition(jobDefinition="many:3")
pages = batch.get_paginator("describe_job_definitions").paginate(jobDefinitionName="many", PaginationConfig={"PageSize": 2})
revisions = [d["revision"] for page in pages for d in page["jobDefinitions"]]
facts["paginated revisions"] = revisions
active = batch.describe_job_definitions(jobDefinitionName="many", status="ACTIVE")["jobDefinitions"]
facts["active revisions"] = [d["revision"] for d in active]

# Queues and compute environments
pages = batch.get_paginator("describe_job_queues").paginate(PaginationConfig={"PageSize": 1})
queues = [q for page in pages for q in page["jobQueues"]]
facts["paginated queues"] = [q["jobQueueName"] for q in queues]
pages = batch.get_paginator("describe_compute_environments").paginate(PaginationConfig={"PageSize": 2})
environments = [e for page in pages for e in page["computeEnvironments"]]
facts["every queue's environment exists"] = all(
    order["computeEnvironment"] in [e["computeEnvironmentArn"] for e in environments]
    for q in queues
    for order in q["computeEnvironmentOrder"]
)

# Jobs in every state
good = submit("sleep 0.4")
whole = submit("sleep 0.4", definition="whole", parameters={"what": "that"}, tags={"run": "a/b/1"}, timeout={"attemptDurationSeconds": 90})
until(good, "SUCCEEDED")
job = until(whole, "SUCCEEDED")
facts["command with its parameter"] = job["container"]["command"]
facts["attempts"] = len(job["attempts"])
attempt = job["attempts"][0]["container"]
facts["place of the attempt"] = sorted(name for name in attempt if name.endswith(("Arn", "Name")))
bad = until(submit("exit 3"), "FAILED")
facts["exit code"] = [bad["attempts"][0]["container"]["exitCode"], bad["container"]["exitCode"]]
first, second = submit("true", queue="none"), submit("true", queue="none")
for _ in range(100):
    waiting = describe(first)[0]
    if waiting["status"] == "RUNNABLE" and "statusReason" in waiting:
        break
    time.sleep(0.05)
facts["reason of the head"] = waiting["statusReason"].split(" ")[0]
until(second, "RUNNABLE")
front = batch.get_job_queue_snapshot(jobQueue="none")["frontOfQueue"]["jobs"]
facts["front of the queue"] = [one["jobArn"].split("/")[-1] for one in front] == [first, second]
batch.cancel_job(jobId=first, reason="not wanted")
facts["cancelled"] = describe(first)[0]["isCancelled"]
ended = batch.terminate_jobs(jobs=[second, "no-such-job"], reason="enough")
facts["ended in bulk"] = [ended["successful"] == [second], [error["code"] for error in ended["errors"]]]
more = [submit("sleep 300", name="Bulk") for _ in range(3)]
until(more[0], "RUNNING")
batch.get_job_queue_snapshot(jobQueue="gpu")
batch.cancel_jobs(jobs=more, reason="too late for the running ones")
batch.terminate_jobs(jobs=more, reason="enough")
facts["terminated"] = [until(one, "FAILED").get("isTerminated", False) or describe(one)[0].get("isCancelled") for one in more]
lone = submit("sleep 300")
until(lone, "RUNNING")
batch.terminate_job(jobId=lone, reason="enough")
facts["reason of the caller"] = until(lone, "FAILED")["statusReason"]
facts["states seen"] = sorted(seen)

# Lists
for _ in range(7):
    submit("true", queue="none", name="paged")
time.sleep(0.5)
for name, values in [
    ("JOB_NAME", ["paged"]),
    ("JOB_NAME", ["PAG*"]),
    ("JOB_DEFINITION", ["runner"]),
    ("BEFORE_CREATED_AT", [str(int(time.time() * 1000))]),
    ("AFTER_CREATED_AT", ["1000000000000"]),
    ("SHARE_IDENTIFIER", ["none"]),
]:
    pages = batch.get_paginator("list_jobs").paginate(jobQueue="none", filters=[{"name": name, "values": values}], PaginationConfig={"PageSize": 3})
    found = [one["jobId"] for page in pages for one in page["jobSummaryList"]]
    facts[f"listed by {name} {values[0] if not values[0].isdigit() else ''}".strip()] = [len(found), len(set(found))]
facts["unknown jobs are left out"] = describe("no-such-job", good)[0]["jobId"] == good

# Tags of every kind of resource
arns = {
    "job": job["jobArn"],
    "definition": shown["jobDefinitionArn"],
    "queue": queues[0]["jobQueueArn"],
    "environment": environments[0]["computeEnvironmentArn"],
}
for kind, arn in arns.items():
    before = batch.list_tags_for_resource(resourceArn=arn)["tags"]
    batch.tag_resource(resourceArn=arn, tags={"a b": "c/d+e=f@g", "ü": ""})
    tagged = batch.list_tags_for_resource(resourceArn=arn)["tags"]
    batch.untag_resource(resourceArn=arn, tagKeys=["a b", "ü"])
    after = batch.list_tags_for_resource(resourceArn=arn)["tags"]
    facts[f"tags of a {kind}"] = tagged == {**before, "a b": "c/d+e=f@g", "ü": ""} and after == before

operations = sorted({name.split(" ")[0] for name in wire.answers})
print(json.dumps({"operations": operations, "answers": sum(wire.answers.values()), "facts": facts, "deviations": sorted(wire.deviations)}))
