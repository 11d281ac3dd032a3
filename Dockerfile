# Run `make rootfs` first, which lays out the files of the image; then: docker build -t echo-native .
# --init is not needed: as process 1, too, the server removes its children and ends on SIGTERM.
FROM scratch
COPY artifacts/rootfs/ /
USER 65534:65534
EXPOSE 9190
ENTRYPOINT ["/bin/echo-server"]
CMD ["9190"]
