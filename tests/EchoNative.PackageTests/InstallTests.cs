using System;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

public sealed class InstallTests
{
    // Packages may be built in any folder.
    private const string Folder = "a folder";

    [Fact]
    public void Everything_is_installed_once_and_can_be_read_by_all()
    {
        using ScratchFolder root = new();
        Make(root, "install");
        string programs = string.Join('\n', HelpText.Programs.Select(program => program == "echo-native"
            ? "-rwxr-xr-x usr/bin/echo-native"
            : $"lrwxrwxrwx usr/bin/{program} -> echo-native"));
        string pages = string.Join('\n', HelpText.Programs.Select(program => $"-rw-r--r-- usr/share/man/man1/{program}.1"));
        string fish = string.Join(
            '\n', HelpText.Programs.Select(program => $"-rw-r--r-- usr/share/fish/vendor_completions.d/{program}.fish"));
        string bash = string.Join('\n', HelpText.Programs.Select(program => program == "echo-native"
            ? "-rw-r--r-- usr/share/bash-completion/completions/echo-native"
            : $"lrwxrwxrwx usr/share/bash-completion/completions/{program} -> echo-native"));
        string[] expected =
        [
            .. programs.Split('\n'), .. pages.Split('\n'), .. fish.Split('\n'), .. bash.Split('\n'),
            "-rw-r--r-- usr/share/zsh/site-functions/_echo-native",
            "-rw-r--r-- usr/lib/systemd/system/echo-server.service",
            "-rw-r--r-- usr/lib/systemd/system/echo-server.socket",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Files(root).Order(StringComparer.Ordinal));
        Assert.Empty(ToolRun.Check("find", root[$"{Folder}/usr"], "-type", "d", "!", "-perm", "755"));
        Assert.Equal(File.ReadAllBytes(Binary.Native), File.ReadAllBytes(root[$"{Folder}/usr/bin/echo-native"]));
        Assert.Contains(
            "\nExecStart=/usr/bin/echo-server",
            File.ReadAllText(root[$"{Folder}/usr/lib/systemd/system/echo-server.service"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Uninstalling_leaves_nothing_but_what_was_there()
    {
        using ScratchFolder root = new();
        _ = Directory.CreateDirectory(root[$"{Folder}/usr/bin"]);
        File.WriteAllText(root[$"{Folder}/usr/bin/another"], "");
        Make(root, "install");
        Make(root, "uninstall");
        Assert.EndsWith(" usr/bin/another", Assert.Single(Files(root)), StringComparison.Ordinal);
    }

    // The umask of the installing user must not matter.
    private static void Make(ScratchFolder root, string target) =>
        ToolRun.Check(
            "bash",
            "-c",
            "umask 077; exec make --no-print-directory \"$2\" DESTDIR=\"$1\" PREFIX=/usr",
            "bash",
            root[Folder],
            target);

    private static string[] Files(ScratchFolder root) =>
    [
        .. ToolRun.Check(
            "find", root[Folder], "-type", "f", "-printf", "%M %P\\n", "-o", "-type", "l", "-printf", "%M %P -> %l\\n")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries),
    ];
}
