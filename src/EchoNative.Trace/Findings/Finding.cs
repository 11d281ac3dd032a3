using EchoNative.Trace.Model;

namespace EchoNative.Trace.Findings;

/// <summary>Something a reader should look at.</summary>
/// <param name="Kind">What.</param>
/// <param name="Text">In a sentence.</param>
/// <param name="Process">Whose fault it is.</param>
internal sealed record Finding(FindingKind Kind, string Text, TracedProcess Process)
{
    /// <summary>Whether it is wrong; otherwise it is something that a right program deals with.</summary>
    public bool IsFault { get; init; } = true;

    /// <summary>The descriptor that is held.</summary>
    public Descriptor? Descriptor { get; init; }

    /// <summary>The child that became a zombie, or that had no signal of its own.</summary>
    public TracedProcess? Child { get; init; }

    /// <summary>The signal that stands for several.</summary>
    public Step? Signal { get; init; }
}
