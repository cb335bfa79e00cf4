#!/bin/sh
# Makes Temporal's two databases and brings their schemas to the version of this image. Every step leaves alone what is
# there, so it runs at every start. SQL_* variables say where the server is and who we are.
set -eu

# prepare DATABASE SCHEMA
prepare() {
  temporal-sql-tool --database "$1" create-database
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
