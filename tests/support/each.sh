#!/bin/sh
# each.sh PROGRAM...: runs each, whatever became of those before; fails when one failed.
status=0
for program; do
    "$program" || status=1
done
exit $status
