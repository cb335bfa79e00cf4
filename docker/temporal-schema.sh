#!/bin/sh
# Creates Temporal's two databases and updates their schemas to the version of this image. Every step is idempotent, so
# it runs at every start. SQL_* variables name the server and the user.
set -eu

# prepare DATABASE SCHEMA
prepare() {
  temporal-sql-tool --database "$1" create-database
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
