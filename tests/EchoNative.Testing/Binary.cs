using System;
using System.IO;

namespace EchoNative.Testing;

/// <summary>The built programs: in bin/, where <c>make</c> puts them, or in the folder that ECHO_NATIVE_BIN names.</summary>
public static class Binary
{
    private const string Solution = "EchoNative.sln";

    /// <summary>The root of the source tree. It needs no program: the unit tests run before anything is in bin/.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>bin/echo-server.</summary>
    public static string Server => Find(InFolder("echo-server"));

    /// <summary>bin/echo-client.</summary>
    public static string Client => Find(InFolder("echo-client"));

    /// <summary>bin/echo-bench.</summary>
    public static string Bench => Find(InFolder("echo-bench"));

    /// <summary>bin/echo-native, the executable that the other names are links to.</summary>
    public static string Native => Find(InFolder("echo-native"));

    /// <summary>The executable for arm64, cross-built on another processor.</summary>
    public static string Arm64 => Find("artifacts/arm64/echo-native", "make arm64");

    /// <summary>bin/portable/echo-native.dll, which runs under dotnet and has the managed engine.</summary>
    public static string Portable => Find("bin/portable/echo-native.dll", "make portable");

    /// <summary>
    /// The script that runs the program for Windows by Wine, in place of bin/portable/echo-native.dll: its path is in
    /// ECHO_NATIVE_WINDOWS. Null if that is not set.
    /// </summary>
    public static string? Windows { get; } = Environment.GetEnvironmentVariable("ECHO_NATIVE_WINDOWS");

    /// <summary>A server in C with the same behaviour, linked statically: bench/c/echo-server.c.</summary>
    public static string StaticC => Find("artifacts/bench/echo-server-static");

    /// <summary>bin/echo-trace.</summary>
    public static string Trace => Find("bin/echo-trace");

    /// <summary>A server in C with the faults of the usual textbook listing: tests/c/careless-server.c.</summary>
    public static string CarelessC => Find("artifacts/trace/careless-server");

    private static string InFolder(string name) =>
        Path.Combine(Environment.GetEnvironmentVariable("ECHO_NATIVE_BIN") ?? "bin", name);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Solution)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException(
            $"there is no {Solution} above {AppContext.BaseDirectory}");
    }

    // A missing binary is a failure, not a reason to skip: a suite that tests nothing must not pass.
    private static string Find(string name, string maker = "make test")
    {
        string path = Path.Combine(Root, name);
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing: {maker} builds it");
    }
}
