namespace EchoNative.Trace.Log;

/// <summary>What a call returned.</summary>
/// <param name="Value">The number; null for <c>?</c>, where it did not return.</param>
/// <param name="Annotation">What <c>strace -y</c> says of a descriptor that was returned; empty without it.</param>
/// <param name="Error">The name of the error; empty without one.</param>
/// <param name="Seconds">How long it took, by <c>strace -T</c>; null without it.</param>
internal sealed record CallResult(long? Value, string Annotation, string Error, double? Seconds)
{
    public static readonly CallResult None = new(null, "", "", null);
}
