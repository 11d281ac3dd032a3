namespace EchoNative.Trace.Log;

/// <summary>Something that strace tells of.</summary>
/// <param name="Task">The process or thread.</param>
/// <param name="Begin">Where it begins.</param>
/// <param name="End">Where it ends; for a call that strace printed in two pieces, that of the second.</param>
/// <param name="Text">As strace printed it, line by line.</param>
internal abstract record LogEvent(int Task, Moment Begin, Moment End, string Text);
