"""Sends bad requests that a client would not let through, and prints how each was refused.

bad_requests.py ENDPOINT KEY SECRET: the queues are gpu and off (disabled). Prints JSON: one row per request with its status,
error type and message, and what the service model does not allow about the answers.
"""

import json
import sys

from botocore.exceptions import ClientError
from wire import Wire

endpoint, key, secret = sys.argv[1:]
wire = Wire(endpoint, key, secret, validate=False)
batch = wire.client
VCPU, MEMORY = {"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "100"}
BASE = "arn:aws:batch:us-east-1:123456789012"


def container(**changes):
    return {"image": "x", "resourceRequirements": [VCPU, MEMORY], **changes}


def definition(properties=None, **changes):
    given = {"jobDefinitionName": "bad", "type": "container", "containerProperties": container() if properties is None else properties, **changes}
    return "register_job_definition", {name: value for name, value in given.items() if value is not None}


def needs(*requirements):
    return definition(container(resourceRequirements=list(requirements)))


def job(**changes):
    given = {"jobName": "job", "jobQueue": "gpu", "jobDefinition": "good", **changes}
    return "submit_job", {name: value for name, value in given.items() if value is not None}


def listed(**given):
    return "list_jobs", given


def filtered(name, *values):
    return listed(jobQueue="gpu", filters=[{"name": name, "values": list(values)}])


batch.register_job_definition(jobDefinitionName="good", type="container", containerProperties=container())
batch.register_job_definition(jobDefinitionName="good", type="container", containerProperties=container())
batch.register_job_definition(jobDefinitionName="gone", type="container", containerProperties=container())
batch.deregister_job_definition(jobDefinition="gone:1")
known = batch.submit_job(jobName="job", jobQueue="gpu", jobDefinition="good")["jobId"]
token = batch.describe_job_definitions(jobDefinitionName="good", maxResults=1)["nextToken"]
MOUNT = {"sourceVolume": "v", "containerPath": "/v"}
tags = lambda count: {f"k{n}": "x" for n in range(count)}

BAD = {
    # Definitions: resources
    "no resources": definition({"image": "x"}),
    "no vCPU": needs(MEMORY),
    "no memory": needs(VCPU),
    "VCPU 0": needs({"type": "VCPU", "value": "0"}, MEMORY),
    "VCPU abc": needs({"type": "VCPU", "value": "abc"}, MEMORY),
    "VCPU 0.25, which is Fargate's": needs({"type": "VCPU", "value": "0.25"}, MEMORY),
    "VCPU -1": needs({"type": "VCPU", "value": "-1"}, MEMORY),
    "VCPU as a number": needs({"type": "VCPU", "value": 1}, MEMORY),
    "MEMORY 3": needs(VCPU, {"type": "MEMORY", "value": "3"}),
    "MEMORY 1.5": needs(VCPU, {"type": "MEMORY", "value": "1.5"}),
    "MEMORY empty": needs(VCPU, {"type": "MEMORY", "value": ""}),
    "GPU 0": needs(VCPU, MEMORY, {"type": "GPU", "value": "0"}),
    "GPU all": needs(VCPU, MEMORY, {"type": "GPU", "value": "all"}),
    "VCPU twice": needs(VCPU, VCPU, MEMORY),
    "an unknown resource": needs(VCPU, MEMORY, {"type": "TPU", "value": "1"}),
    # Definitions: image, mounts and the rest of a container
    "no image": definition({"resourceRequirements": [VCPU, MEMORY]}),
    "an empty image": definition(container(image="")),
    "an image with spaces": definition(container(image="a b c")),
    "an image of 256 characters": definition(container(image="x" * 256)),
    "a mount of an unknown volume": definition(container(mountPoints=[MOUNT])),
    "a mount without a volume": definition(container(mountPoints=[{"containerPath": "/v"}])),
    "a mount at a relative path": definition(container(volumes=[{"name": "v"}], mountPoints=[{**MOUNT, "containerPath": "v"}])),
    "two mounts at one path": definition(container(volumes=[{"name": "v"}], mountPoints=[MOUNT, MOUNT])),
    "a volume twice": definition(container(volumes=[{"name": "v"}, {"name": "v"}])),
    "a volume with a bad name": definition(container(volumes=[{"name": "a/b"}])),
    "AWS_BATCH in the environment": definition(container(environment=[{"name": "AWS_BATCH_JOB_ID", "value": "x"}])),
    "a variable without a name": definition(container(environment=[{"value": "x"}])),
    "a role that is no ARN": definition(container(jobRoleArn="runner")),
    "an unknown ulimit": definition(container(ulimits=[{"name": "files", "softLimit": 1, "hardLimit": 2}])),
    "a ulimit above its hard limit": definition(container(ulimits=[{"name": "nofile", "softLimit": 3, "hardLimit": 2}])),
    "swappiness 101": definition(container(linuxParameters={"swappiness": 101, "maxSwap": 1})),
    "maxSwap -1": definition(container(linuxParameters={"maxSwap": -1})),
    "a device without a path": definition(container(linuxParameters={"devices": [{}]})),
    "a tmpfs without a size": definition(container(linuxParameters={"tmpfs": [{"containerPath": "/t"}]})),
    "an unknown mount option": definition(container(linuxParameters={"tmpfs": [{"containerPath": "/t", "size": 1, "mountOptions": ["fast"]}]})),
    "an unknown log driver": definition(container(logConfiguration={"logDriver": "none"})),
    "a secret without its source": definition(container(secrets=[{"name": "x"}])),
    "a user with a dollar": definition(container(user="$(id")),
    "privileged as a text": definition(container(privileged="yes")),
    "a number in a command": definition(container(command=[1])),
    "networkConfiguration": definition(container(networkConfiguration={"assignPublicIp": "ENABLED"})),
    "fargatePlatformConfiguration": definition(container(fargatePlatformConfiguration={"platformVersion": "LATEST"})),
    "ephemeralStorage": definition(container(ephemeralStorage={"sizeInGiB": 30})),
    "runtimePlatform": definition(container(runtimePlatform={"cpuArchitecture": "ARM64"})),
    "instanceType": definition(container(instanceType="g4dn.xlarge")),
    # Definitions: everything else
    "no name": definition(jobDefinitionName=None),
    "a name with a dot": definition(jobDefinitionName="g4dn.xlarge"),
    "a name of 129 characters": definition(jobDefinitionName="x" * 129),
    "no container properties": ("register_job_definition", {"jobDefinitionName": "bad", "type": "container"}),
    "an unknown type": definition(type="array"),
    "Fargate": definition(platformCapabilities=["FARGATE"]),
    "a timeout of 59 s": definition(timeout={"attemptDurationSeconds": 59}),
    "0 attempts": definition(retryStrategy={"attempts": 0}),
    "11 attempts": definition(retryStrategy={"attempts": 11}),
    "evaluateOnExit without attempts": definition(retryStrategy={"evaluateOnExit": [{"action": "EXIT", "onReason": "*"}]}),
    "6 rules of evaluateOnExit": definition(retryStrategy={"attempts": 1, "evaluateOnExit": [{"action": "EXIT"}] * 6}),
    "an unknown action": definition(retryStrategy={"attempts": 1, "evaluateOnExit": [{"action": "STOP"}]}),
    "an exit code with letters": definition(retryStrategy={"attempts": 1, "evaluateOnExit": [{"action": "EXIT", "onExitCode": "one"}]}),
    "a pattern with a star in the middle": definition(retryStrategy={"attempts": 1, "evaluateOnExit": [{"action": "EXIT", "onReason": "a*b"}]}),
    "priority 10000": definition(schedulingPriority=10000),
    "a tag key with aws:": definition(tags={"aws:mine": "x"}),
    "a tag key with angle brackets": definition(tags={"a<b>|": "x"}),
    "a tag value with a control character": definition(tags={"a": "b\u0007"}),
    "51 tags": definition(tags=tags(51)),
    "a definition of more than 24 KiB": definition(container(command=["x" * 25_000])),
    "an unknown revision to deregister": ("deregister_job_definition", {"jobDefinition": "good:99"}),
    "no revision to deregister": ("deregister_job_definition", {"jobDefinition": "good"}),
    "definitions without a revision": ("describe_job_definitions", {"jobDefinitions": ["good"]}),
    "definitions by two selectors": ("describe_job_definitions", {"jobDefinitions": ["good:1"], "jobDefinitionName": "good"}),
    "101 definitions": ("describe_job_definitions", {"jobDefinitions": ["good:1"] * 101}),
    "an unknown status of definitions": ("describe_job_definitions", {"status": "OLD"}),
    "101 definitions a page": ("describe_job_definitions", {"maxResults": 101}),
    "the token of another query": ("describe_job_definitions", {"jobDefinitionName": "gone", "nextToken": token}),
    "a made-up token": ("describe_job_definitions", {"nextToken": "made-up"}),
    # Queues
    "101 queue names": ("describe_job_queues", {"jobQueues": ["gpu"] * 101}),
    "0 queues a page": ("describe_job_queues", {"maxResults": 0}),
    "101 compute environments": ("describe_compute_environments", {"computeEnvironments": ["gpu"] * 101}),
    "the token of another operation": ("describe_compute_environments", {"nextToken": token}),
    "a snapshot of an unknown queue": ("get_job_queue_snapshot", {"jobQueue": "nowhere"}),
    "a snapshot of nothing": ("get_job_queue_snapshot", {}),
    # Jobs
    "an unknown queue": job(jobQueue="nowhere"),
    "a queue of another account": job(jobQueue="arn:aws:batch:us-east-1:210987654321:job-queue/gpu"),
    "a disabled queue": job(jobQueue="off"),
    "an unknown definition": job(jobDefinition="nothing"),
    "an unknown revision": job(jobDefinition="good:99"),
    "a deregistered revision": job(jobDefinition="gone:1"),
    "a name all of whose revisions are gone": job(jobDefinition="gone"),
    "no job name": job(jobName=None),
    "a job name with a space": job(jobName="a b"),
    "a job name that begins with a hyphen": job(jobName="-a"),
    "no queue": job(jobQueue=None),
    "no definition": job(jobDefinition=None),
    "a job with a timeout of 0 s": job(timeout={"attemptDurationSeconds": 0}),
    "a job with 11 attempts": job(retryStrategy={"attempts": 11}),
    "a job with aws: tags": job(tags={"AWS:x": "y"}),
    "a job with an empty word in its command": job(containerOverrides={"command": ["a", ""]}),
    "a job with VCPU 0": job(containerOverrides={"resourceRequirements": [{"type": "VCPU", "value": "0"}]}),
    "a job with AWS_BATCH in its environment": job(containerOverrides={"environment": [{"name": "AWS_BATCH_X", "value": "y"}]}),
    "a share without a fair-share queue": job(shareIdentifier="a"),
    "a priority without a fair-share queue": job(schedulingPriorityOverride=1),
    "a job of more than 30 KiB": job(parameters={"a": "x" * 31_000}),
    "101 jobs to describe": ("describe_jobs", {"jobs": ["x"] * 101}),
    "no jobs to describe": ("describe_jobs", {}),
    "a number as a job": ("describe_jobs", {"jobs": [1]}),
    # Lists
    "a list of nothing": listed(),
    "a list by two selectors": listed(jobQueue="gpu", arrayJobId=known),
    "a list of an unknown queue": listed(jobQueue="nowhere"),
    "a list by an unknown status": listed(jobQueue="gpu", jobStatus="WAITING"),
    "a list of 1001 a page": listed(jobQueue="gpu", maxResults=1001),
    "an unknown filter": filtered("NAME", "x"),
    "a filter in lower case": filtered("job_name", "x"),
    "a filter without values": filtered("JOB_NAME"),
    "two filters": listed(jobQueue="gpu", filters=[{"name": "JOB_NAME", "values": ["a"]}] * 2),
    "created before yesterday": filtered("BEFORE_CREATED_AT", "yesterday"),
    "created after a date": filtered("AFTER_CREATED_AT", "2026-01-01"),
    # Ends
    "cancelling an unknown job": ("cancel_job", {"jobId": "x", "reason": "y"}),
    "cancelling without a reason": ("cancel_job", {"jobId": known}),
    "terminating an unknown job": ("terminate_job", {"jobId": "x", "reason": "y"}),
    "a reason of 1025 characters": ("terminate_job", {"jobId": known, "reason": "x" * 1025}),
    "cancelling 51 jobs": ("cancel_jobs", {"jobs": ["x"] * 51, "reason": "y"}),
    "terminating 51 jobs": ("terminate_jobs", {"jobs": ["x"] * 51, "reason": "y"}),
    "terminating jobs without a reason": ("terminate_jobs", {"jobs": [known]}),
    # Tags
    "tags of an unknown job": ("list_tags_for_resource", {"resourceArn": f"{BASE}:job/x"}),
    "tags of an unknown queue": ("tag_resource", {"resourceArn": f"{BASE}:job-queue/nowhere", "tags": {"a": "b"}}),
    "tags of no ARN": ("list_tags_for_resource", {"resourceArn": "gpu"}),
    "aws: as a tag of a queue": ("tag_resource", {"resourceArn": f"{BASE}:job-queue/gpu", "tags": {"aws:a": "b"}}),
    "a tag value of 257 characters": ("tag_resource", {"resourceArn": f"{BASE}:job-queue/gpu", "tags": {"a": "x" * 257}}),
    "no tags": ("tag_resource", {"resourceArn": f"{BASE}:job-queue/gpu", "tags": {}}),
    "51 tag keys to remove": ("untag_resource", {"resourceArn": f"{BASE}:job-queue/gpu", "tagKeys": [f"k{n}" for n in range(51)]}),
}

# AWS takes these; this endpoint says plainly that it does not serve them (docs/fidelity.md).
UNSERVED = {
    "2 attempts": definition(retryStrategy={"attempts": 2}),
    "a multi-node definition": definition(type="multinode", nodeProperties={"numNodes": 2, "mainNode": 0, "nodeRangeProperties": []}),
    "ecsProperties": definition(ecsProperties={"taskProperties": []}),
    "eksProperties": definition(eksProperties={"podProperties": {}}),
    "consumable resources": definition(consumableResourceProperties={"consumableResourceList": []}),
    "EFS": definition(container(volumes=[{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}])),
    "vcpus and memory": definition({"image": "x", "vcpus": 1, "memory": 100}),
    "a job with vcpus": job(containerOverrides={"vcpus": 1}),
    "a job with another variable than the run key": job(containerOverrides={"environment": [{"name": "PATH", "value": "/"}]}),
    "an array job": job(arrayProperties={"size": 2}),
    "a dependency": job(dependsOn=[{"jobId": known}]),
    "the children of an array job": listed(arrayJobId=known),
}


def refused(operation, given):
    try:
        getattr(batch, operation)(**given)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        isModelled = isinstance(error, batch.exceptions.ClientException)
        return {"status": status, "type": error.response["Error"]["Code"], "modelled": isModelled, "message": error.response["Error"]["Message"]}
    return None


rows = {kind: {name: refused(*request) for name, request in table.items()} for kind, table in [("bad", BAD), ("unserved", UNSERVED)]}
print(json.dumps({**rows, "deviations": sorted(wire.deviations)}))
