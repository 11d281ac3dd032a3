# Run `make rootfs` first, which lays out the files of the image; then: docker build -t echo-native .
# --init is not needed: as process 1, too, the server removes its children and ends on SIGTERM.
FROM scratch
COPY artifacts/rootfs/ /
USER 65534:65534
EXPOSE 9190
ENTRYPOINT ["/bin/echo-server"]
# An engine kills a container 10 seconds after it asked it to stop. A session that does not end after the grace takes the
# server one second more.
CMD ["--grace", "5", "9190"]
