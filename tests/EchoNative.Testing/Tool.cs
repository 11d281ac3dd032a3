using System;
using System.IO;
using System.Linq;

namespace EchoNative.Testing;

/// <summary>A program of the system that the tests start.</summary>
public static class Tool
{
    /// <summary>Its path. It is searched for in PATH, and where programs for root are installed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="package">The Debian package that has it, for the message.</param>
    /// <exception cref="InvalidOperationException">It is missing.</exception>
    public static string Find(string name, string package) =>
        TryFind(name) ?? throw new InvalidOperationException($"{name} is missing: apt-get install {package}");

    /// <summary>Its path, or null if it is missing.</summary>
    /// <inheritdoc cref="Find"/>
    public static string? TryFind(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin".Split(':')
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
