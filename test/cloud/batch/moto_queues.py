"""Makes queues and job definitions in moto, one of each per class.

moto_queues.py ENDPOINT DEFINITION_PREFIX QUEUE_PREFIX CLASS:VCPUS:MEMORY:GPUS... Prints JSON.
"""

import json
import sys

import boto3

endpoint, definition_prefix, queue_prefix, *classes = sys.argv[1:]
given = {"endpoint_url": endpoint, "region_name": "us-east-1", "aws_access_key_id": "k", "aws_secret_access_key": "s"}
ec2, iam, batch = (boto3.client(name, **given) for name in ("ec2", "iam", "batch"))
subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
policy = json.dumps({"Version": "2012-10-17", "Statement": []})
role = iam.create_role(RoleName="service", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
iam.create_instance_profile(InstanceProfileName="instance")
profile = iam.get_instance_profile(InstanceProfileName="instance")["InstanceProfile"]["Arn"]

for each in classes:
    name, vcpus, memory, gpus = each.split(":")
    queue = f"{queue_prefix}{name}"
    batch.create_compute_environment(
        computeEnvironmentName=queue,
        type="MANAGED",
        state="ENABLED",
        serviceRole=role,
        computeResources={
            "type": "EC2",
            "minvCpus": 0,
            "maxvCpus": 64,
            "instanceTypes": ["c5.large"],
            "subnets": [subnet],
            "securityGroupIds": [group],
            "instanceRole": profile,
        },
    )
    order = [{"order": 1, "computeEnvironment": queue}]
    batch.create_job_queue(jobQueueName=queue, state="ENABLED", priority=1, computeEnvironmentOrder=order)
    needs = [("VCPU", vcpus), ("MEMORY", memory), ("GPU", gpus)]
    batch.register_job_definition(
        jobDefinitionName=f"{definition_prefix}{name}",
        type="container",
        containerProperties={
            "image": "not-the-runner",
            "resourceRequirements": [{"type": kind, "value": value} for kind, value in needs if value != "0"],
        },
    )
print(json.dumps(sorted(one["jobQueueName"] for one in batch.describe_job_queues()["jobQueues"])))
