namespace EchoNative.Posix;

/// <summary>How a wait ended.</summary>
public enum PollOutcome
{
    /// <summary>The time was over.</summary>
    TimedOut,

    /// <summary>The descriptor can be used without waiting, or has ended.</summary>
    Ready,

    /// <summary>A signal handler has run.</summary>
    Interrupted,
}
