using System;
using System.Collections.Generic;
using System.IO;
using System.Xml.Linq;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.SameBytes;

/// <summary>The version and the commit that <c>--version</c> prints, and what make builds anew for them.</summary>
public sealed class VersionTests
{
    // A repository with one source, and the script that prints the commit.
    private const string Repository = """
        set -eu
        unset SOURCE_REVISION
        cd "$1"
        git init --quiet repository
        cd repository
        git config user.name name
        git config user.email mail
        mkdir src tools
        echo one >src/one.cs
        echo text >README.md
        cp "$2/tools/source-revision" tools
        cp "$2/.gitattributes" .
        git add .
        git commit --quiet --message one
        commit=$(git rev-parse HEAD | cut -c 1-12)

        """;

    [Fact]
    public void Both_builds_name_the_version_and_the_commit()
    {
        string version = XDocument.Load(Path.Combine(Binary.Root, "Directory.Build.props"))
            .Root!.Element("PropertyGroup")!.Element("Version")!.Value;
        string revision = ToolRun.Check("tools/source-revision").TrimEnd();
        string expected = revision.Length == 0 ? version : $"{version} ({revision})";
        Assert.Equal($"echo-native {expected}\n", ToolRun.Check(Binary.Native, "--version"));
        Assert.Equal($"echo-native {expected}\n", ToolRun.Check("dotnet", Binary.Portable, "--version"));
    }

    [Fact]
    public void The_commit_is_dirty_once_a_source_is_changed_or_added() => Check("""
        echo changed >README.md
        [ "$(tools/source-revision)" = "$commit" ]
        echo two >src/two.cs
        [ "$(tools/source-revision)" = "$commit-dirty" ]
        rm src/two.cs
        echo changed >src/one.cs
        [ "$(tools/source-revision)" = "$commit-dirty" ]
        git commit --quiet --all --message two
        [ "$(tools/source-revision)" = "$(git rev-parse HEAD | cut -c 1-12)" ]
        [ "$(tools/source-revision)" != "$commit" ]
        """);

    [Fact]
    public void A_tarball_knows_its_commit_wherever_it_is_unpacked() => Check("""
        mkdir src/unpacked
        git archive HEAD | tar -xf - -C src/unpacked
        [ "$(src/unpacked/tools/source-revision)" = "$commit" ]
        """);

    [Fact]
    public void Without_a_repository_of_its_own_a_folder_has_no_commit() => Check("""
        mkdir copy
        cp -R src tools copy
        [ -z "$(copy/tools/source-revision)" ]
        """);

    [Fact]
    public void The_repository_of_another_user_is_read() => Check("""
        [ "$(id -u)" -ne 0 ] || chown -R 65534:65534 .
        [ "$(tools/source-revision)" = "$commit" ]
        """);

    [Fact]
    public void Make_builds_anew_for_another_commit_and_not_otherwise()
    {
        Assert.DoesNotContain("building", Plan(), StringComparison.Ordinal);
        string plan = Plan("SOURCE_REVISION=another");
        Assert.Contains("building bin/echo-native", plan, StringComparison.Ordinal);
        Assert.Contains("building bin/portable", plan, StringComparison.Ordinal);
    }

    // What make would do.
    private static string Plan(params IEnumerable<string> environment) =>
        ToolRun.Check("env", [.. environment, "make", "--dry-run", "all", "portable"]);

    private static void Check(string checks)
    {
        using ScratchFolder scratch = new();
        _ = ToolRun.Check("bash", "-x", "-c", Repository + checks, "bash", scratch.Path, Binary.Root);
    }
}
