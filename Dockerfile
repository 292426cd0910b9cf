# Two stages: the first builds and tests, the second has the program, what it links with, and no compiler. The program runs
# unprivileged on a read-only root; it writes to /tmp alone. amd64 is what is tested; arm64 is the same file, unproven.
FROM debian:bookworm-slim AS build
COPY cmake/packages.txt /packages.txt
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends check \
        $(awk '$1 == "build" { print $2 }' /packages.txt) && rm -rf /var/lib/apt/lists/*
COPY . /src
ARG TESTS=ON
RUN cmake -S /src -B /build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_INSTALL_PREFIX=/usr -DND_TESTS=$TESTS && \
    cmake --build /build && \
    { [ "$TESTS" != ON ] || ctest --test-dir /build -R '^(base|core|model|net|aws|store|engine)/' -LE long --output-on-failure; } && \
    DESTDIR=/stage cmake --install /build --strip

FROM debian:bookworm-slim
COPY --from=build /stage /
COPY infra/sbom.sh /tmp/sbom.sh
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates poppler-data \
        libcjson1 libcurl4 libmd4c0 libpoppler-cpp0v5 libseccomp2 libsqlite3-0 libssl3 libstemmer0d libutf8proc2 libxml2 libzip4 zlib1g && \
    rm -rf /var/lib/apt/lists/* /usr/share/doc /usr/share/man && \
    sh /tmp/sbom.sh >/usr/share/nightdesk.cdx.json && rm /tmp/sbom.sh && \
    useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin nightdesk && \
    /usr/bin/nightdesk version
# Fargate gives the volume at /tmp the mode that it has here
VOLUME ["/tmp"]
USER 10001:10001
ENV HOME=/tmp
ENTRYPOINT ["/usr/bin/nightdesk"]
