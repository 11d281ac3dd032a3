using System;
using System.IO;
using System.Linq;

namespace EchoNative.Bench;

/// <summary>Programs that may or may not be installed.</summary>
internal static class Tool
{
    /// <summary>Where a program is, or null.</summary>
    public static string? Find(string name) =>
        // Servers lie in sbin, which only root has on the search path.
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin"])
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
