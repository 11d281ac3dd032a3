using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;

namespace EchoNative.Testing;

/// <summary>The result of a program that was run without standard input.</summary>
/// <param name="ExitStatus">Its exit status; 128 plus the signal's number if a signal ended it.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ToolRun(int ExitStatus, string Output, string Error)
{
    // Package tools write much to the disk, so that they may be slow on a busy machine.
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(4);

    /// <summary>All its output, for the message of a failed test.</summary>
    public string Transcript => $"exit status {ExitStatus}\nstandard output:\n{Output}\nstandard error:\n{Error}";

    /// <summary>Runs it in the root of the source tree.</summary>
    /// <param name="path">The program, or a name on the search path.</param>
    /// <param name="arguments">Its arguments, passed without a shell.</param>
    public static ToolRun Run(string path, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("env", ["--default-signal", "--", path, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Binary.Root,
        };

        // Otherwise a make inside of a make would take over its options and its job server.
        _ = start.Environment.Remove("MAKEFLAGS");
        _ = start.Environment.Remove("MAKELEVEL");
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{path} did not start");
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!Task.WaitAll([output, error], s_deadline) || !process.WaitForExit(s_deadline))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"waited {s_deadline.TotalSeconds} s in vain until {path} ends");
        }

        return new ToolRun(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs it. The test fails if the exit status is not 0.</summary>
    /// <returns>Its standard output.</returns>
    public static string Check(string path, params IEnumerable<string> arguments)
    {
        ToolRun tool = Run(path, arguments);
        return tool.ExitStatus == 0
            ? tool.Output
            : throw new InvalidOperationException($"{path} {string.Join(' ', arguments)}: {tool.Transcript}");
    }
}
