"""The same client code against any Batch: prints what it saw, without ids and times.

same_client.py ENDPOINT KEY SECRET moto|endpoint. With moto, first makes a queue named gpu. Prints JSON.
"""

import json
import sys
import time

import boto3
from botocore.exceptions import ClientError
from wire import Wire

endpoint, key, secret, kind = sys.argv[1:]


def make_queue():
    given = {"endpoint_url": endpoint, "region_name": "us-east-1", "aws_access_key_id": key, "aws_secret_access_key": secret}
    ec2, iam, batch = (boto3.client(name, **given) for name in ("ec2", "iam", "batch"))
    subnet = ec2.describe_subnets()["Subnets"][0]
    group = ec2.describe_security_groups()["SecurityGroups"][0]
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = iam.create_role(RoleName="service", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName="instance")
    profile = iam.get_instance_profile(InstanceProfileName="instance")["InstanceProfile"]["Arn"]
    resources = {
        "type": "EC2",
        "minvCpus": 0,
        "maxvCpus": 4,
        "instanceTypes": ["c5.large"],
        "subnets": [subnet["SubnetId"]],
        "securityGroupIds": [group["GroupId"]],
        "instanceRole": profile,
    }
    batch.create_compute_environment(computeEnvironmentName="gpu", type="MANAGED", state="ENABLED", computeResources=resources, serviceRole=role)
    order = [{"order": 1, "computeEnvironment": "gpu"}]
    batch.create_job_queue(jobQueueName="gpu", state="ENABLED", priority=1, computeEnvironmentOrder=order)


if kind == "moto":
    make_queue()
wire = Wire(endpoint, key, secret)
batch = wire.client
SIZE = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "100"}]
facts = {}


def refused(operation, **given):
    try:
        getattr(batch, operation)(**given)
        return "accepted"
    except ClientError as error:
        return f"{error.response['Error']['Code']} {error.response['ResponseMetadata']['HTTPStatusCode']}"


def register(**changes):
    given = {"jobDefinitionName": "runner", "type": "container", "containerProperties": {"image": "x", "resourceRequirements": SIZE}, **changes}
    return batch.register_job_definition(**given)


def ended(job_id):
    for _ in range(200):
        jobs = batch.describe_jobs(jobs=[job_id])["jobs"]
        if jobs and jobs[0]["status"] in ("SUCCEEDED", "FAILED"):
            return jobs[0]
        time.sleep(0.1)
    raise TimeoutError(job_id)


def submit(**changes):
    return batch.submit_job(**{"jobName": "job", "jobQueue": "gpu", "jobDefinition": "runner", **changes})


# Definitions
facts["revisions"] = [register()["revision"], register(tags={"a": "b"}, timeout={"attemptDurationSeconds": 60})["revision"]]
shown = batch.describe_job_definitions(jobDefinitionName="runner")["jobDefinitions"]
facts["described revisions"] = sorted(one["revision"] for one in shown)
second = next(one for one in shown if one["revision"] == 2)
facts["a definition"] = {name: second.get(name) for name in ("jobDefinitionName", "type", "status", "tags", "timeout")}
facts["its container"] = {name: second["containerProperties"].get(name) for name in ("image", "resourceRequirements")}
facts["ARN of a definition"] = second["jobDefinitionArn"].split(":")[5:]
facts["a revision by its number"] = [one["revision"] for one in batch.describe_job_definitions(jobDefinitions=["runner:1"])["jobDefinitions"]]
facts["unknown definition described"] = batch.describe_job_definitions(jobDefinitionName="nothing")["jobDefinitions"]
batch.deregister_job_definition(jobDefinition="runner:1")
active = batch.describe_job_definitions(jobDefinitionName="runner", status="ACTIVE")["jobDefinitions"]
facts["active revisions"] = [one["revision"] for one in active]
inactive = batch.describe_job_definitions(jobDefinitionName="runner", status="INACTIVE")["jobDefinitions"]
facts["inactive revisions"] = [one["revision"] for one in inactive]
facts["next revision"] = register()["revision"]

# Queues
queue = batch.describe_job_queues(jobQueues=["gpu"])["jobQueues"][0]
facts["a queue"] = {name: queue.get(name) for name in ("jobQueueName", "state", "status", "priority")}
facts["its environments"] = [one["order"] for one in queue["computeEnvironmentOrder"]]
facts["unknown queue described"] = batch.describe_job_queues(jobQueues=["nowhere"])["jobQueues"]
environment = batch.describe_compute_environments(computeEnvironments=["gpu"])["computeEnvironments"][0]
facts["an environment"] = {name: environment.get(name) for name in ("computeEnvironmentName", "type", "state", "status")}
facts["its machines"] = {name: environment["computeResources"].get(name) for name in ("type", "maxvCpus", "minvCpus")}

# Jobs
answer = submit(tags={"run": "1"}, timeout={"attemptDurationSeconds": 90})
facts["answer to a job"] = [sorted(name for name in answer if name != "ResponseMetadata"), answer["jobName"]]
job = ended(answer["jobId"])
facts["a job"] = {name: job.get(name) for name in ("jobName", "status", "tags", "timeout")}
facts["its queue and definition"] = [job["jobQueue"].split(":")[5:], job["jobDefinition"].split(":")[5:]]
facts["its times"] = [job["createdAt"] <= job["startedAt"] <= job["stoppedAt"], job["createdAt"] > 10**12]
facts["its attempts"] = len(job["attempts"])
facts["unknown job described"] = batch.describe_jobs(jobs=["no-such-job"])["jobs"]
listed = batch.list_jobs(jobQueue="gpu", jobStatus="SUCCEEDED")["jobSummaryList"]
facts["jobs that succeeded"] = [one["jobName"] for one in listed]
named = batch.list_jobs(jobQueue="gpu", filters=[{"name": "JOB_NAME", "values": ["job"]}])["jobSummaryList"]
facts["jobs by name"] = [one["jobId"] == answer["jobId"] for one in named]
facts["ARN of a job"] = job["jobArn"].split(":")[:4] + [job["jobArn"].split("/")[1] == job["jobId"]]
facts["terminating an ended job"] = refused("terminate_job", jobId=job["jobId"], reason="late")
facts["cancelling an ended job"] = refused("cancel_job", jobId=job["jobId"], reason="late")

# Tags
arn = second["jobDefinitionArn"]
batch.tag_resource(resourceArn=arn, tags={"c": "d"})
facts["tags added"] = batch.list_tags_for_resource(resourceArn=arn)["tags"]
batch.untag_resource(resourceArn=arn, tagKeys=["a"])
facts["tags left"] = batch.list_tags_for_resource(resourceArn=arn)["tags"]

# Refusals
facts["refused"] = {
    "unknown queue": refused("submit_job", jobName="job", jobQueue="nowhere", jobDefinition="runner"),
    "unknown definition": refused("submit_job", jobName="job", jobQueue="gpu", jobDefinition="nothing"),
    "bad job name": refused("submit_job", jobName="a b", jobQueue="gpu", jobDefinition="runner"),
    "no memory": refused("register_job_definition", jobDefinitionName="x", type="container", containerProperties={"image": "x", "resourceRequirements": SIZE[:1]}),
    "no vCPU": refused("register_job_definition", jobDefinitionName="x", type="container", containerProperties={"image": "x", "resourceRequirements": SIZE[1:]}),
    "memory of 3 MiB": refused("register_job_definition", jobDefinitionName="x", type="container", containerProperties={"image": "x", "resourceRequirements": [SIZE[0], {"type": "MEMORY", "value": "3"}]}),
    "unknown type": refused("register_job_definition", jobDefinitionName="x", type="array", containerProperties={"image": "x", "resourceRequirements": SIZE}),
    "terminating an unknown job": refused("terminate_job", jobId="no-such-job", reason="x"),
    "list of an unknown queue": refused("list_jobs", jobQueue="nowhere"),
}
print(json.dumps({"facts": facts, "deviations": sorted(wire.deviations)}))
