namespace EchoNative.Server;

/// <summary>
/// How many lines could not be written to the log, and were not told of yet. It is the parent's alone: children do not
/// have the memory in which it lies.
/// </summary>
internal sealed class DroppedLines
{
    /// <summary>Those for standard output.</summary>
    public long Output;

    /// <summary>Those for standard error.</summary>
    public long Errors;
}
