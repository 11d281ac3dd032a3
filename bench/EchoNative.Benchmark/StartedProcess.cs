using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

namespace EchoNative.Benchmark;

/// <summary>A process that the benchmark has started. It is killed when the benchmark ends, also by an interruption.</summary>
internal sealed class StartedProcess : IDisposable
{
    private static readonly Lock s_lock = new();
    private static readonly HashSet<StartedProcess> s_running = [];

    private readonly Process _process;

    private StartedProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitStatus => _process.ExitCode;

    /// <summary>Starts a process.</summary>
    /// <param name="command">The program and its arguments, passed without a shell.</param>
    /// <param name="readsOutput">Whether its output goes into pipes, for <see cref="Finish"/>.</param>
    public static StartedProcess Start(IReadOnlyList<string> command, bool readsOutput)
    {
        ProcessStartInfo start = new(command[0])
        {
            RedirectStandardOutput = readsOutput,
            RedirectStandardError = readsOutput,
        };
        for (int argument = 1; argument < command.Count; argument++)
        {
            start.ArgumentList.Add(command[argument]);
        }

        // Numbers have a decimal point, and messages are in English.
        start.Environment["LC_ALL"] = "C";
        lock (s_lock)
        {
            StartedProcess process = new(Process.Start(start)!);
            _ = s_running.Add(process);
            return process;
        }
    }

    /// <summary>Kills all that are still running.</summary>
    public static void KillAll()
    {
        lock (s_lock)
        {
            foreach (StartedProcess process in s_running)
            {
                process._process.Kill();
            }
        }
    }

    /// <summary>Sends it a signal, by kill(1).</summary>
    /// <param name="name">The signal's name without SIG.</param>
    public void Signal(string name)
    {
        using StartedProcess kill = Start(["kill", "-s", name, Id.ToString(CultureInfo.InvariantCulture)], readsOutput: false);
        kill._process.WaitForExit();
    }

    /// <summary>Waits until it has ended, and reads its output. Standard error must be shorter than a pipe holds.</summary>
    public (string Output, string Error) Finish()
    {
        string output = _process.StandardOutput.ReadToEnd();
        string error = _process.StandardError.ReadToEnd().Trim();
        _process.WaitForExit();
        return (output, error);
    }

    /// <summary>Waits until it has ended, for at most this time.</summary>
    /// <returns>Whether it has ended.</returns>
    public bool WaitForExit(int milliseconds) => _process.WaitForExit(milliseconds);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (s_lock)
        {
            _ = s_running.Remove(this);
        }

        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
