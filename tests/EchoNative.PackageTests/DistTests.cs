using System;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

public sealed class DistTests
{
    [Fact]
    public void The_tarball_is_the_same_bytes_wherever_it_is_made()
    {
        using ScratchFolder scratch = new();
        string first = Make(Binary.Root, "022");
        byte[] bytes = File.ReadAllBytes(first);

        // In another folder, with another umask, at another time, and with other settings of git.
        string clone = scratch["a clone"];
        _ = ToolRun.Check("git", "clone", "--quiet", Binary.Root, clone);
        _ = ToolRun.Check("git", "-C", clone, "config", "tar.umask", "user");
        _ = ToolRun.Check("git", "-C", clone, "config", "core.autocrlf", "true");
        Assert.Equal(bytes, File.ReadAllBytes(Make(clone, "077")));
        Assert.Equal(bytes, File.ReadAllBytes(Make(Binary.Root, "077")));
    }

    [Fact]
    public void The_tarball_has_every_file_of_the_commit_below_one_folder()
    {
        string tarball = Make(Binary.Root, "022");
        string folder = Path.GetFileName(tarball)[..^".tar.gz".Length] + "/";
        string[] expected = ToolRun.Check("git", "ls-tree", "-r", "--name-only", "HEAD").Split(
            '\n', StringSplitOptions.RemoveEmptyEntries);
        string[] packed =
        [
            .. ToolRun.Check("tar", "-tzf", tarball).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(
                name => !name.EndsWith('/')),
        ];
        Assert.All(packed, name => Assert.StartsWith(folder, name, StringComparison.Ordinal));
        Assert.Equal(
            expected.Order(StringComparer.Ordinal), packed.Select(name => name[folder.Length..]).Order(StringComparer.Ordinal));
    }

    // Returns the path that make prints.
    private static string Make(string folder, string mask)
    {
        const string Script = "umask \"$2\"; cd \"$1\"; exec make --no-print-directory dist";
        return Path.Combine(folder, ToolRun.Check("bash", "-c", Script, "bash", folder, mask).Trim());
    }
}
