#!/bin/bash
# Builds the targets for ClusterFuzzLite: as for OSS-Fuzz.
exec "$SRC/cauth/ci/oss-fuzz/build.sh"
