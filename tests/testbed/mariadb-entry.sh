#!/bin/sh
# The entry program of the test MariaDB: what it is told, and what it does before the server, is what the official image
# is told and does.
set -eu

told() { # the value of MARIADB_NAME or MYSQL_NAME, or what is in the file that one of them names with _FILE
  for beginning in MARIADB MYSQL; do
    eval "value=\${${beginning}_$1:-} file=\${${beginning}_$1_FILE:-}"
    [ -n "$value" ] || [ -z "$file" ] || value=$(cat "$file")
    [ -z "$value" ] || break
  done
  printf %s "$value"
}

sql() { mariadb --protocol=socket -uroot "$@"; }

first_start() {
  password=$(told ROOT_PASSWORD)
  if [ -z "$password" ]; then
    echo 'Database is uninitialized and password option is not specified' >&2
    exit 1
  fi
  mariadb-install-db --user=mysql --datadir=/var/lib/mysql --skip-test-db --auth-root-authentication-method=normal >/tmp/install.log
  # The first server listens on no network: whoever waits for a network sees the last one only.
  mariadbd --user=mysql --skip-networking >/tmp/first.log 2>&1 &
  server=$!
  until sql -e 'SELECT 1' >/dev/null 2>&1; do
    kill -0 "$server"
    sleep .1
  done
  database=$(told DATABASE) user=$(told USER)
  [ -z "$database" ] || sql -e "CREATE DATABASE \`$database\`"
  [ -z "$user" ] || sql -e "CREATE USER '$user'@'%' IDENTIFIED BY '$(told PASSWORD)'"
  [ -z "$user" ] || [ -z "$database" ] || sql -e "GRANT ALL ON \`$database\`.* TO '$user'@'%'"
  sql <<SQL
CREATE USER 'root'@'%' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;
SET PASSWORD FOR 'root'@'localhost' = PASSWORD('$password');
SQL
  MYSQL_PWD=$password mariadb-admin --protocol=socket -uroot shutdown
  wait "$server"
}

case ${1:-} in
-*) set -- mariadbd "$@" ;;
esac
if [ "${1:-}" = mariadbd ]; then
  mkdir -p /run/mysqld
  chown mysql /run/mysqld
  find /var/lib/mysql \! -user mysql -exec chown mysql '{}' +
  [ -d /var/lib/mysql/mysql ] || first_start
  shift
  set -- mariadbd --user=mysql --bind-address=0.0.0.0 "$@"
fi
exec "$@"
