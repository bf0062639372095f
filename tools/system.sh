#!/usr/bin/env bash
# System tools that Python's package index does not have. Installs them where that is allowed; else says what is lost.
set -u
missing=()
command -v bwrap >/dev/null || missing+=(bubblewrap)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]} with apt-get ..."
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}") >/dev/null 2>&1 && exit 0
fi
for tool in "${missing[@]}"; do
  case $tool in
    bubblewrap) echo "Missing: bubblewrap (Debian, Ubuntu: sudo apt install bubblewrap; Fedora: sudo dnf install bubblewrap)."
                echo "  Without it submissions are not graded, because their code would run unguarded. Reading, solving and 'autograder check' work." ;;
    chromium)   echo "Missing: chromium (Debian: sudo apt install chromium; Fedora: sudo dnf install chromium)."
                echo "  Without it the tests that open the book in a browser are skipped. Everything else works." ;;
    postgresql) echo "Missing: a PostgreSQL server (Debian, Ubuntu: sudo apt install postgresql)."
                echo "  Without it the tests of a gradebook in PostgreSQL are skipped. Everything else works." ;;
  esac
done
exit 0
