using EchoNative.Trace.Model;

namespace EchoNative.Trace.Findings;

/// <summary>Something that a reader should look at.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Text">A sentence that says what was found.</param>
/// <param name="Process">The process whose code causes it.</param>
internal sealed record Finding(FindingKind Kind, string Text, TracedProcess Process)
{
    /// <summary>Whether it is a fault; otherwise it is something that a correct program handles.</summary>
    public bool IsFault { get; init; } = true;

    /// <summary>The descriptor that is held open.</summary>
    public Descriptor? Descriptor { get; init; }

    /// <summary>The child that stays a zombie, or whose signal merged with another one.</summary>
    public TracedProcess? Child { get; init; }

    /// <summary>The signal that stands for several.</summary>
    public Step? Signal { get; init; }
}

/// <summary>The kinds of findings.</summary>
internal enum FindingKind
{
    /// <summary>A process keeps a socket that it shares with another process by a fork, and never uses it.</summary>
    UnusedDescriptor,

    /// <summary>A child has ended and its parent never waits for it.</summary>
    UnremovedZombie,

    /// <summary>One SIGCHLD stands for several children.</summary>
    MergedSignal,
}
