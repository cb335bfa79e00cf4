"""Reads user data from standard input and writes its files with cloud-init's own code, as an instance does at its first boot."""

import email
import sys

import yaml
from cloudinit.config.cc_write_files import write_files

for part in email.message_from_file(sys.stdin).get_payload():
    config = yaml.safe_load(part.get_payload())
    write_files("write_files", config["write_files"], "root:root")
