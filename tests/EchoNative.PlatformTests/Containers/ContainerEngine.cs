using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.Containers;

/// <summary>
/// podman(1) in namespaces of its own: it sees neither the containers nor the settings of this machine, and no network. Its
/// images, built once for all tests, are that of Dockerfile, and one with this machine's HAProxy under the name in
/// compose.yaml, so that no image is downloaded.
/// </summary>
public sealed class ContainerEngine : IDisposable
{
    // The engine's files are below /run, which is empty in the namespace. $1 is the folder with the images.
    private const string Prologue = """
        images=$1
        shift
        mount -t tmpfs tmpfs /run
        mount -t tmpfs tmpfs /dev/shm
        mount -t tmpfs tmpfs /etc/containers
        export HOME=$PWD TMPDIR=$PWD CONTAINERS_CONF=/run/containers.conf CONTAINERS_STORAGE_CONF=/run/storage.conf
        # runc works where control groups of both versions are mounted, crun does not. cgroupfs needs no systemd. A limit
        # can't be higher than that of this process.
        cat >"$CONTAINERS_CONF" <<.
        [containers]
        default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=$(ulimit -Hu):$(ulimit -Hu)"]
        [network]
        network_backend = "netavark"
        [engine]
        runtime = "runc"
        cgroup_manager = "cgroupfs"
        events_logger = "file"
        .
        cat >"$CONTAINERS_STORAGE_CONF" <<.
        [storage]
        driver = "vfs"
        graphroot = "/run/images"
        runroot = "/run/state"
        .
        echo '{"default": [{"type": "insecureAcceptAnything"}]}' >/etc/containers/policy.json
        mkdir /run/images

        # The control groups are the only thing that namespaces do not hide.
        groups=/${PWD##*/}
        remove_groups() {
            local left
            left=$(find /sys/fs/cgroup -depth -type d -path "*$groups*")
            [ -z "$left" ] || rmdir $left 2>/dev/null
        }
        trap 'podman rm --all --force --time 0 >/dev/null; within_time remove_groups' EXIT

        run() { podman run --detach --cgroup-parent "$groups" "$@" >/dev/null; }
        # state CONTAINER FIELD, such as Pid and ExitCode.
        state() { podman inspect --format "{{.State.$2}}" "$1"; }
        log_has() { podman logs "$1" 2>&1 | grep -q "$2"; }

        # Clients that stay connected. The descriptor of client N is ${client[N]}.
        client=()
        connect() { exec {client[$1]}<>/dev/tcp/127.0.0.1/9190; }
        echoes() {
            local reply
            echo "client $1" >&"${client[$1]}" && read -r -t 60 reply <&"${client[$1]}" && [ "$reply" = "client $1" ]
        }
        all_echo() { local number; for number in "$@"; do echoes "$number"; done; }
        close() { exec {client[$1]}>&-; }
        # A connection that was lost is no reason to end by SIGPIPE.
        trap '' PIPE

        """;

    private const string Build = """
        mount --bind "$images" /run/images
        podman build --quiet --tag echo-native "$1" >/dev/null

        """;

    // What the image on Docker Hub does: HAProxy starts with its configuration, as a user without rights.
    private const string BuildProxy = """
        haproxy=$2
        mkdir -p proxy/root/etc
        for file in "$haproxy" $(ldd "$haproxy" | grep -o '/[^ ]*'); do
            mkdir -p "proxy/root$(dirname "$file")"
            cp -L "$file" "proxy/root$file"
        done
        cat >proxy/Dockerfile <<.
        FROM scratch
        COPY root /
        USER 99:99
        STOPSIGNAL SIGUSR1
        ENTRYPOINT ["$haproxy", "-W", "-db"]
        CMD ["-f", "/usr/local/etc/haproxy/haproxy.cfg"]
        .
        version=$("$haproxy" -v | grep -oP '^HAProxy version \K\d+\.\d+')
        podman build --quiet --tag "docker.io/library/haproxy:$version" proxy >/dev/null
        """;

    // Each test changes a layer of its own above the images.
    private const string Layer = """
        mkdir layer work
        mount -t overlay overlay -o "lowerdir=$images,upperdir=layer,workdir=work" /run/images

        """;

    private readonly ScratchFolder _images = new();

    /// <summary>Builds the images.</summary>
    public ContainerEngine()
    {
        string rootFileSystem = Path.Combine(Binary.Root, "artifacts/rootfs");
        if (!Directory.Exists(rootFileSystem))
        {
            throw new InvalidOperationException($"{rootFileSystem} is missing: make rootfs makes it");
        }

        _ = Sandbox.Check(Prologue + Build + BuildProxy, _images.Path, Binary.Root, Tool.Find("haproxy", "haproxy"));
    }

    /// <summary>
    /// Runs a script of bash in a sandbox in which podman has the images and no container. The script may use the functions
    /// above. All its containers are removed.
    /// </summary>
    /// <returns>Its standard output.</returns>
    public string Check(string script, params IEnumerable<string> arguments) =>
        Sandbox.Check(Prologue + Layer + script, arguments.Prepend(_images.Path));

    /// <inheritdoc/>
    public void Dispose() => _images.Dispose();
}
