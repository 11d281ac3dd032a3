using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>One thing that a process does.</summary>
/// <param name="At">When it takes effect: what waits, at its return.</param>
/// <param name="Kind">What.</param>
/// <param name="Process">Who.</param>
/// <param name="Source">The line or lines of the log.</param>
internal sealed record Step(Moment At, StepKind Kind, TracedProcess Process, LogEvent Source)
{
    /// <summary>The descriptor it is about, where it is about one.</summary>
    public Descriptor? On { get; init; }

    /// <summary>The child that was forked, waited for, or told of.</summary>
    public TracedProcess? Child { get; init; }

    /// <summary>Whether the call failed, or found nothing.</summary>
    public bool IsVain { get; init; }

    /// <summary>What is worth telling beside the name: the bytes, the status.</summary>
    public string Detail { get; init; } = "";
}
