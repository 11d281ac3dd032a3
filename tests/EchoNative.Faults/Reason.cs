using System;
using System.Collections.Generic;
using System.Linq;

namespace EchoNative.Faults;

/// <summary>Whether a program has told why it could not go on.</summary>
internal static class Reason
{
    // strace shows the kernel's names; the programs speak of the C library's functions.
    private static readonly Dictionary<string, string> s_functions = new()
    {
        ["clone"] = "fork",
        ["newfstatat"] = "fstat",
        ["openat"] = "open",
        ["pread64"] = "pread",
        ["rt_sigaction"] = "sigaction",
        ["rt_sigprocmask"] = "pthread_sigmask",
        ["sendto"] = "send",
        ["wait4"] = "waitpid",
    };

    /// <summary>Whether the text names the call and its error, as in <c>bind() error: Permission denied</c>.</summary>
    public static bool NamesCall(string text, Injection injection) =>
        text.Contains($"{s_functions.GetValueOrDefault(injection.Call, injection.Call)}() error: {ErrorTable.Describe(injection.What)}", StringComparison.Ordinal);

    /// <summary>Whether the text is nothing but complaints of the program, one for each line.</summary>
    public static bool IsComplaint(string text, string program) =>
        text.Length > 0 && text.Split('\n', StringSplitOptions.RemoveEmptyEntries).All(line => line.StartsWith($"{program}: ", StringComparison.Ordinal));
}
