using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

/// <summary>The container image, without an engine: its root file system in a chroot(2), started as Dockerfile says.</summary>
public sealed class ImageTests
{
    private static string Dockerfile { get; } = File.ReadAllText(Path.Combine(Binary.Root, "Dockerfile"));

    [Fact]
    public void The_image_holds_the_binary_and_its_links_and_nothing_else()
    {
        Assert.Equal("scratch", Instruction("FROM"));
        Assert.Equal("artifacts/rootfs/ /", Instruction("COPY"));
        string files = ToolRun.Check("find", Path.Combine(Binary.Root, "artifacts/rootfs"), "-type", "f", "-printf", "%P %m\\n");
        Assert.Equal("bin/echo-native 755\n", files);
        string links = ToolRun.Check("find", Path.Combine(Binary.Root, "artifacts/rootfs"), "-type", "l", "-printf", "%P %l\\n");
        Assert.Equal(HelpText.Programs.Count - 1, Regex.Count(links, @"^bin/echo-\w+ echo-native$", RegexOptions.Multiline));
    }

    [Fact]
    public void The_image_serves_as_its_first_process_until_it_is_asked_to_stop()
    {
        // What a container engine does: /proc and /dev, the user, a process namespace.
        const string Script = """
            cp -a "$1" root
            mkdir root/proc root/dev
            mount -t proc proc root/proc
            mount -t tmpfs tmpfs root/dev
            touch root/dev/null
            mount --bind /dev/null root/dev/null
            unshare --pid --fork chroot --userspec="$2" root $3 >log 2>&1 &
            engine=$!
            within_time grep -q '^listening on' log
            printf 'hello\n' | chroot --userspec="$2" root /bin/echo-client 127.0.0.1 "$4"
            first=$(cat "/proc/$engine/task/$engine/children")
            grep -E '^(Uid|NSpid):' "/proc/${first% }/status"
            kill ${first% }
            wait "$engine"
            """;
        string[] start =
            [.. Regex.Matches($"{Instruction("ENTRYPOINT")} {Instruction("CMD")}", "\"([^\"]*)\"")
                .Select(match => match.Groups[1].Value)];
        string user = Instruction("USER");
        string said = Sandbox.Check(
            Script, Path.Combine(Binary.Root, "artifacts/rootfs"), user, string.Join(' ', start), Instruction("EXPOSE"));
        string id = user.Split(':')[0];
        Assert.NotEqual("0", id);
        Assert.StartsWith("Message from server: hello\n", said, StringComparison.Ordinal);
        Assert.Contains($"Uid:\t{id}\t{id}\t{id}\t{id}\n", said, StringComparison.Ordinal);
        Assert.Matches("NSpid:.*\t1\n", said);
        Assert.Equal(
            Instruction("EXPOSE"), int.Parse(start[^1], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
    }

    private static string Instruction(string name)
    {
        Match match = Regex.Match(Dockerfile, $"^{name} (.*)$", RegexOptions.Multiline);
        return match.Success ? match.Groups[1].Value : throw new InvalidOperationException($"Dockerfile has no {name}");
    }
}
