#!/bin/sh
# Installs the programs that the tests need by apt-get when this is Debian and we are root; otherwise says what is missing.
set -eu
missing=
for name in "$@"; do
  case $name in
  postgresql) # its programs are on no PATH in Debian
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing $name" ;;
  *) command -v "$name" >/dev/null 2>&1 || missing="$missing $name" ;;
  esac
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing by apt-get:$missing"
  apt-get update -qq
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then # the tests make clusters of their own
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
  fi
  # shellcheck disable=SC2086 # a list of names
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing fonts-dejavu-core >/dev/null
  exit 0
fi
echo "Missing:$missing. Install them (Debian: sudo apt-get install$missing), then run this again." >&2
exit 1
