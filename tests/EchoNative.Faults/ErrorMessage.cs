using System;
using System.Collections.Generic;
using System.Linq;

namespace EchoNative.Faults;

/// <summary>Reads the error messages of the programs.</summary>
internal static class ErrorMessage
{
    // strace prints the names of the kernel; the programs print those of the C library.
    private static readonly Dictionary<string, string> s_functions = new()
    {
        ["clone"] = "fork",
        ["newfstatat"] = "fstat",
        ["openat"] = "open",
        ["pread64"] = "pread",
        ["prlimit64"] = "getrlimit",
        ["rt_sigaction"] = "sigaction",
        ["rt_sigprocmask"] = "pthread_sigmask",
        ["sendto"] = "send",
        ["wait4"] = "waitpid",
    };

    /// <summary>Whether the text names the call and its error, as in <c>bind() error: Permission denied</c>.</summary>
    public static bool NamesCall(string text, Injection injection)
    {
        string function = s_functions.GetValueOrDefault(injection.Call, injection.Call);
        return text.Contains($"{function}() error: {ErrorTable.Describe(injection.What)}", StringComparison.Ordinal);
    }

    /// <summary>Whether the text is not empty, and each of its lines is an error message of the program.</summary>
    public static bool HasOnlyErrorsOf(string text, string program) =>
        text.Length > 0
        && text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .All(line => line.StartsWith($"{program}: ", StringComparison.Ordinal));
}
