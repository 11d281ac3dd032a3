using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace EchoNative.Managed;

/// <summary>
/// Lets a program that is the first process of a container end by signals. Linux drops all signals for which the process with
/// the id 1 has no handler; see pid_namespaces(7).
/// </summary>
internal static class FirstProcess
{
    private const int StatusOfSignal = 128; // as a shell has it

    private static readonly List<PosixSignalRegistration> s_registrations = [];

    /// <summary>If this is the process 1, makes the signals that end other processes end it, until the process ends.</summary>
    public static void EndBySignals()
    {
        if (Environment.ProcessId == 1)
        {
            EndBy(PosixSignal.SIGHUP, 1);
            EndBy(PosixSignal.SIGINT, 2);
            EndBy(PosixSignal.SIGQUIT, 3);
            EndBy(PosixSignal.SIGTERM, 15);
        }
    }

    // The class library leaves a signal ignored that was ignored at the start, as with nohup(1).
    private static void EndBy(PosixSignal signal, int number) =>
        s_registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // the default action, which does nothing here
            Environment.Exit(StatusOfSignal + number);
        }));
}
