#!/usr/bin/env bash
# Runs once, when PostgreSQL makes its empty folder: one database and one role per service, and a role may connect
# to its own database only. The password of a role is in <SERVICE>_DATABASE_PASSWORD.
set -euo pipefail

for service in $SERVICE_DATABASES; do
  variable="${service^^}_DATABASE_PASSWORD"
  psql --username "$POSTGRES_USER" --dbname postgres --no-psqlrc --quiet \
    --set ON_ERROR_STOP=1 --set service="$service" --set password="${!variable:?set it to the password of $service}" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
