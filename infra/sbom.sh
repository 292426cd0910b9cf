#!/bin/sh
# sbom.sh: what is in the image, as CycloneDX 1.5 on standard output. Runs inside the image, where dpkg knows.
set -eu
version=$(/usr/bin/nightdesk version | head -n 1 | sed 's/[^0-9.]*\([0-9.]*\).*/\1/')
sum=$(sha256sum /usr/bin/nightdesk | cut -d ' ' -f 1)
cat <<END
{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
 "metadata": {"component": {"type": "application", "name": "nightdesk", "version": "$version", "licenses": [{"license": {"id": "Apache-2.0"}}],
  "hashes": [{"alg": "SHA-256", "content": "$sum"}]}},
 "components": [
END
dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' | awk '
{
    printf "%s  {\"type\": \"library\", \"name\": \"%s\", \"version\": \"%s\", \"purl\": \"pkg:deb/debian/%s@%s?arch=%s\"}", (NR > 1) ? ",\n" : "", $1, $2, $1, $2, $3
}
END { print "\n]}" }'
