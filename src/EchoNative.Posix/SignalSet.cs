using System;
using System.Runtime.CompilerServices;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>A set of signals, such as a signal mask; see sigsetops(3).</summary>
public readonly struct SignalSet
{
    /// <summary>The highest signal number on Linux, SIGRTMAX.</summary>
    internal const int HighestSignal = 64;

    internal readonly sigset_t Value;

    private SignalSet(in sigset_t value) => Value = value;

    /// <summary>The set of exactly these signals.</summary>
    public static unsafe SignalSet Of(params ReadOnlySpan<Signal> signals)
    {
        sigset_t set;
        _ = LibC.sigemptyset(&set);
        foreach (Signal signal in signals)
        {
            _ = LibC.sigaddset(&set, (int)signal);
        }

        return new SignalSet(set);
    }

    /// <summary>This set without the signals of another.</summary>
    public unsafe SignalSet Without(in SignalSet others)
    {
        sigset_t set = Value;
        sigset_t removed = others.Value;
        for (int signal = 1; signal <= HighestSignal; signal++)
        {
            if (LibC.sigismember(&removed, signal) == 1)
            {
                _ = LibC.sigdelset(&set, signal);
            }
        }

        return new SignalSet(set);
    }

    /// <summary>Whether the signal is in the set.</summary>
    public unsafe bool Contains(Signal signal)
    {
        sigset_t set = Value;
        return LibC.sigismember(&set, (int)signal) == 1;
    }

    internal static unsafe SignalSet FromMask(sigset_t* mask) => new(Unsafe.AsRef<sigset_t>(mask));
}
