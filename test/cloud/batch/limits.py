"""Calls too fast and with wrong keys, and prints what botocore makes of the answers.

limits.py ENDPOINT KEY SECRET: the endpoint allows 10 calls a second. Prints JSON.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, key, secret = sys.argv[1:]


def client(key=key, secret=secret, region="us-east-1", **retries):
    given = {"endpoint_url": endpoint, "region_name": region, "aws_access_key_id": key, "aws_secret_access_key": secret}
    return boto3.client("batch", **given, config=Config(retries=retries, max_pool_connections=40))


def called(batch):
    try:
        answer = batch.describe_jobs(jobs=[])
        return {"error": None, "retries": answer["ResponseMetadata"]["RetryAttempts"]}
    except ClientError as error:
        metadata = error.response["ResponseMetadata"]
        return {"error": f"{error.response['Error']['Code']} {metadata['HTTPStatusCode']}", "id": "x-amzn-requestid" in metadata["HTTPHeaders"]}


def many(batch):
    with ThreadPoolExecutor(40) as pool:
        return list(pool.map(lambda _: called(batch), range(40)))


plain = many(client(total_max_attempts=1))
standard = many(client(mode="standard", total_max_attempts=10))
print(
    json.dumps(
        {
            "errors without retries": sorted({one["error"] for one in plain if one["error"]}),
            "request ids": all(one["id"] for one in plain if one["error"]),
            "errors with botocore's retries": sorted({one["error"] for one in standard if one["error"]}),
            "botocore repeated calls": any(one["retries"] > 0 for one in standard if not one["error"]),
            "unknown key": called(client(key="nobody", total_max_attempts=1))["error"],
            "wrong secret": called(client(secret="wrong", total_max_attempts=1))["error"],
            "wrong region": called(client(region="eu-west-1", total_max_attempts=1))["error"],
        }
    )
)
