namespace EchoNative.Trace.Log;

/// <summary>A line that was not understood.</summary>
/// <param name="Number">Its number, from 1 on.</param>
/// <param name="Text">The line.</param>
internal sealed record UnknownLine(int Number, string Text);
