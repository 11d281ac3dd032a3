using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Posix;

namespace EchoNative.Faults;

/// <summary>The errors that each system call may return. They are listed in errors.txt.</summary>
internal static class ErrorTable
{
    private const int HighestNumber = 200;
    private const string Never = "never";

    // Added to every call: it may be interrupted, or meet a broken device, even if its man page does not say so.
    private static readonly string[] s_always = ["EINTR", "EIO"];

    private static readonly Dictionary<string, string[]> s_errors = Read();

    private static readonly Dictionary<string, string> s_descriptions = Enumerable.Range(1, HighestNumber)
        .Select(number => new Errno(number))
        .DistinctBy(error => error.Name)
        .ToDictionary(error => error.Name, error => error.ToString());

    /// <summary>Whether the table has the call.</summary>
    /// <param name="call">Its name, as strace prints it.</param>
    public static bool Has(string call) => s_errors.ContainsKey(call);

    /// <summary>
    /// The errors of a call; an empty list if it cannot fail. A call that the table lacks has the errors of every call.
    /// </summary>
    /// <param name="call">Its name, as strace prints it.</param>
    public static IReadOnlyList<string> Of(string call) => s_errors.GetValueOrDefault(call, s_always);

    /// <summary>The text of strerror(3) for an error, such as <c>EIO</c>.</summary>
    public static string Describe(string error) =>
        s_descriptions.TryGetValue(error == "ENOTSUP" ? "EOPNOTSUPP" : error, out string? text)
            ? text
            : throw new InvalidOperationException($"this system knows no error {error}");

    private static Dictionary<string, string[]> Read()
    {
        using Stream stream = typeof(ErrorTable).Assembly.GetManifestResourceStream("errors.txt")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(": "))
            .ToDictionary(parts => parts[0], parts => parts[1] == Never ? [] : parts[1].Split(' ').Union(s_always).ToArray());
    }
}
