using System;
using System.IO;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

/// <summary>The Debian package that <c>make deb</c> has built.</summary>
public sealed class DebTests
{
    private static string Package { get; } = Find("*.deb");

    [Fact]
    public void Lintian_finds_neither_an_error_nor_a_warning()
    {
        ToolRun lintian = ToolRun.Run("lintian", "--fail-on", "error,warning", "--tag-display-limit", "0", Find("*.changes"));
        Assert.True(lintian.ExitStatus == 0 && lintian.Output.Length == 0, lintian.Transcript);
    }

    [Fact]
    public void The_version_is_that_of_the_program()
    {
        string version = ToolRun.Check(Binary.Server, "--version").Trim().Split(' ')[1];
        Assert.Equal(version, ToolRun.Check("dpkg-deb", "--field", Package, "Version").Trim());
        Assert.Matches(
            $"^# Changelog\n\n## {Regex.Escape(version)} ", File.ReadAllText(Path.Combine(Binary.Root, "CHANGELOG.md")));
    }

    [Fact]
    public void The_package_needs_no_other_package() =>
        Assert.Empty(ToolRun.Check("dpkg-deb", "--field", Package, "Depends", "Pre-Depends", "Recommends").Trim());

    /// <summary>
    /// Installs on this machine below an overlay, see mount(8): all changes of the package are in the overlay, which
    /// the test removes.
    /// </summary>
    [Fact]
    public void The_package_installs_runs_and_purges_without_a_trace()
    {
        const string Script = """
            mkdir layer work root
            mount -t overlay overlay -o lowerdir=/,upperdir=layer,workdir=work root
            mount -t proc proc root/proc
            mount -t tmpfs tmpfs root/dev
            for device in null zero full random urandom tty; do
                touch "root/dev/$device"
                mount --bind "/dev/$device" "root/dev/$device"
            done
            cp "$1" root/tmp/package.deb
            # What a shell leaves in the home of its user is not the package's doing: /dev is no part of the layer.
            in_root=(chroot root /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/dev TERM=dumb)

            "${in_root[@]}" dpkg --install /tmp/package.deb >dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
            rm root/tmp/package.deb
            "${in_root[@]}" dpkg --verify echo-native
            "${in_root[@]}" echo-server --bind 127.0.0.1 9190 >log 2>&1 &
            within_time grep -q '^listening on' log
            echo 'of the package' | "${in_root[@]}" echo-client 127.0.0.1 9190
            kill $!
            wait $!
            echo "page: $("${in_root[@]}" man echo-server | grep -c "^AT THE LIMIT\|^EXAMPLES")"
            echo "units: $("${in_root[@]}" systemctl is-enabled echo-server.socket echo-server.service | xargs)"
            bash='. /usr/share/bash-completion/bash_completion; _completion_loader echo-server; complete -p echo-server'
            echo "bash: $("${in_root[@]}" bash -c "$bash")"
            echo "zsh: $("${in_root[@]}" zsh -f -c 'autoload -Uz compinit && compinit -D -u && print $_comps[echo-server]')"
            echo "fish: $("${in_root[@]}" fish -c 'complete -C "echo-server --max-c"' | cut -f 1)"

            # What the administrator has done to it goes as well.
            "${in_root[@]}" systemctl enable --quiet echo-server.socket
            echo "units: $("${in_root[@]}" systemctl is-enabled echo-server.socket)"
            "${in_root[@]}" dpkg --purge echo-native >dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
            cat dpkg.log >&2
            # What is in the layer and was not there before. The package tools' own books are theirs.
            find layer -mindepth 1 -printf '%P\n' | while read -r name; do
                case $name in
                    var/cache/man* | var/log/dpkg.log | var/lib/dpkg/lock* | var/lib/dpkg/triggers/Lock | var/lib/dpkg/*-old) ;;
                    *) [ -e "/$name" ] || [ -L "/$name" ] || [ -c "layer/$name" ] || echo "left: $name" ;;
                esac
            done
            grep -c '^Package: echo-native$' root/var/lib/dpkg/status || true
            """;
        string[] said = Sandbox.Check(Script, Package).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                "Message from server: of the package",
                "page: 2",
                "units: disabled indirect",
                "bash: complete -F _echo_native echo-server",
                "zsh: _echo-native",
                "fish: --max-clients",
                "units: enabled",
                "0",
            ],
            said);
    }

    private static string Find(string pattern)
    {
        string[] found = Directory.GetFiles(Path.Combine(Binary.Root, "artifacts/deb"), pattern);
        return found.Length == 1 ? found[0] : throw new InvalidOperationException(
            $"artifacts/deb has {found.Length} {pattern}: make deb builds it");
    }
}
