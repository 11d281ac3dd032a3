namespace EchoNative.Trace.Log;

/// <summary>A descriptor as strace prints it.</summary>
/// <param name="Number">The number.</param>
/// <param name="Annotation">What it leads to, by <c>strace -y</c>; empty without it.</param>
internal sealed record DescriptorName(int Number, string Annotation);
