using System;
using System.IO;
using System.Linq;

namespace EchoNative.Testing;

/// <summary>A program of the system's that the tests drive.</summary>
public static class Tool
{
    /// <summary>Finds it on the search path, or where programs for root are kept.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="package">What Debian calls the package, for the message.</param>
    public static string Find(string name, string package) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{name} is missing: apt-get install {package}");
}
