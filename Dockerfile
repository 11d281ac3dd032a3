# `make rootfs` lays out everything that is in the image; then: docker build -t echo-native .
# Run it with --init or without: the server removes its own children, and ends by SIGTERM as the first process too.
FROM scratch
COPY artifacts/rootfs/ /
USER 65534:65534
EXPOSE 9190
ENTRYPOINT ["/bin/echo-server"]
CMD ["9190"]
