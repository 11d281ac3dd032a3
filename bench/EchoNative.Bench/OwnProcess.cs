using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

namespace EchoNative.Bench;

/// <summary>A process that was started here, and does not outlive the benchmark, not even when that is interrupted.</summary>
internal sealed class OwnProcess : IDisposable
{
    private static readonly Lock s_lock = new();
    private static readonly HashSet<OwnProcess> s_running = [];

    private readonly Process _process;

    private OwnProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitStatus => _process.ExitCode;

    /// <summary>Starts one.</summary>
    /// <param name="command">The program and its arguments, passed without a shell.</param>
    /// <param name="readsOutput">Whether its standard output and standard error are read here.</param>
    public static OwnProcess Start(IReadOnlyList<string> command, bool readsOutput)
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

        // Numbers with a decimal point, messages in English.
        start.Environment["LC_ALL"] = "C";
        lock (s_lock)
        {
            OwnProcess process = new(Process.Start(start)!);
            _ = s_running.Add(process);
            return process;
        }
    }

    /// <summary>Kills those that run.</summary>
    public static void KillAll()
    {
        lock (s_lock)
        {
            foreach (OwnProcess process in s_running)
            {
                process._process.Kill();
            }
        }
    }

    /// <summary>Sends it a signal, by kill(1).</summary>
    /// <param name="name">The signal's name without SIG.</param>
    public void Signal(string name)
    {
        using OwnProcess kill = Start(["kill", "-s", name, Id.ToString(CultureInfo.InvariantCulture)], readsOutput: false);
        kill._process.WaitForExit();
    }

    /// <summary>Waits until it has ended, and reads what it said. Both are short, so neither fills its pipe.</summary>
    public (string Output, string Error) Finish()
    {
        string output = _process.StandardOutput.ReadToEnd();
        string error = _process.StandardError.ReadToEnd().Trim();
        _process.WaitForExit();
        return (output, error);
    }

    /// <summary>Waits, but not for ever.</summary>
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
