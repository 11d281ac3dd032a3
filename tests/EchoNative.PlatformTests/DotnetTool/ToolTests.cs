using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.DotnetTool;

/// <summary>The packages that <c>make tool</c> has packed, installed without a network.</summary>
public sealed partial class ToolTests
{
    private static string Packages { get; } = Path.Combine(Binary.Root, "artifacts/tool");

    [Theory]
    [InlineData("EchoNative", "removed proc")]
    [InlineData("EchoNative.any", "removed client")]
    public void The_tool_is_installed_and_serves_clients(string package, string engine)
    {
        const string Script = """
            export HOME=$PWD DOTNET_CLI_HOME=$PWD TMPDIR=$PWD DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
            DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
            export DOTNET_ROOT DOTNET_GENERATE_ASPNET_CERTIFICATE=false
            cat >nuget.config <<CONFIG
            <configuration><packageSources><clear /><add key="packed" value="$1" /></packageSources></configuration>
            CONFIG

            dotnet tool install "$2" --tool-path tools >&2
            tools/echo-native --version
            tools/echo-native server --bind 127.0.0.1 --port-file port 0 >log &
            within_time test -e port
            echo 'of the tool' | tools/echo-native client 127.0.0.1 "$(cat port)"
            echo 'of dnx' | "$DOTNET_ROOT/dnx" "$2" -- client 127.0.0.1 "$(cat port)"
            all_removed() { [ "$(grep -c '^removed' log)" = 2 ]; }
            within_time all_removed
            kill $!
            wait $!
            sed -n 's/^\(removed [a-z]*\).*/\1/p' log
            """;
        Assert.Equal(
            [
                ToolRun.Check(Binary.Native, "--version").TrimEnd(),
                "Message from server: of the tool",
                "Message from server: of dnx",
                engine,
                engine,
            ],
            Sandbox.Check(Script, Packages, package).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("linux-x64", "bin/echo-native")]
    [InlineData("linux-arm64", "artifacts/arm64/echo-native")]
    public void A_package_for_Linux_has_the_static_binary_and_nothing_beside_it(string system, string binary)
    {
        using ZipArchive package = Open($"EchoNative.{system}");
        Assert.Equal(["DotnetToolSettings.xml", "echo-native"], Tools(package).Select(entry => entry.Name));
        using MemoryStream content = new();
        using (Stream stream = Tools(package)[1].Open())
        {
            stream.CopyTo(content);
        }

        Assert.Equal(File.ReadAllBytes(Path.Combine(Binary.Root, binary)), content.ToArray());
    }

    [Fact]
    public void The_package_for_all_other_systems_has_the_files_of_the_portable_build()
    {
        using ZipArchive package = Open("EchoNative.any");
        string portable = Path.GetDirectoryName(Binary.Portable)!;
        Assert.Equal(
            Directory.EnumerateFiles(portable, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(portable, path))
                .Append("DotnetToolSettings.xml")
                .Order(StringComparer.Ordinal),
            Tools(package).Select(entry => Framework().Replace(entry.FullName, "")));
    }

    [Fact]
    public void The_package_that_is_installed_names_the_others()
    {
        using ZipArchive package = Open("EchoNative");
        using StreamReader settings = new(Assert.Single(Tools(package)).Open());
        Assert.Equal(
            Directory.GetFiles(Packages, "*.nupkg")
                .Select(NameOf)
                .Where(name => name != "EchoNative")
                .Order(StringComparer.Ordinal),
            PackageName().Matches(settings.ReadToEnd()).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    private static ZipArchive Open(string package) =>
        ZipFile.OpenRead(Assert.Single(Directory.GetFiles(Packages, "*.nupkg"), path => NameOf(path) == package));

    private static string NameOf(string path) => Version().Replace(Path.GetFileName(path), "");

    // All files of a package but those that describe it, in the order of their names.
    private static ZipArchiveEntry[] Tools(ZipArchive package) =>
    [
        .. package.Entries.Where(entry => entry.FullName.StartsWith("tools/", StringComparison.Ordinal))
            .OrderBy(entry => entry.FullName, StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"\.\d+\.\d+\.\d+\.nupkg$")]
    private static partial Regex Version();

    [GeneratedRegex("^tools/[^/]+/any/")]
    private static partial Regex Framework();

    [GeneratedRegex("RuntimeIdentifierPackage .*Id=\"([^\"]+)\"")]
    private static partial Regex PackageName();
}
