#!/bin/sh
# CI for the repository of a driver with WMI classes, on Linux alone. Copy it, and set these:
#   SCHEMA   the committed binary MOF; a test that calls `Build::assert_fresh` keeps it fresh
#   RELEASE  the tag of the last release, whose clients must go on working; by default the latest tag
#   TARGET   the target of the driver, such as x86_64-pc-windows-msvc; by default this machine
# It needs Rust, Git with the tags of the repository, and `cargo install cargo-wmi`.
set -eu

schema=${SCHEMA:-wmi/driver.bmf}
release=${RELEASE-$(git describe --tags --abbrev=0 2>/dev/null || true)}

# The build script writes the artefacts, and links the resource if the target is Windows.
cargo build --locked ${TARGET:+--release --target "$TARGET"}

# The simulator queries the driver's provider; `Build::assert_fresh` compares the committed artefacts.
cargo test --locked

# Rules for drivers, with warnings. Exceptions are named: --allow RULE.
cargo wmi check --strict "$schema"

# Changes that break clients of the last release.
if [ -n "$release" ] && git cat-file -e "$release:$schema" 2>/dev/null; then
    published=$(mktemp)
    trap 'rm -f "$published"' EXIT
    git show "$release:$schema" > "$published"
    cargo wmi diff "$published" "$schema"
else
    echo "no release has $schema; nothing to compare with"
fi
