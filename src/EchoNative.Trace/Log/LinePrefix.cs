using System;

namespace EchoNative.Trace.Log;

/// <summary>What stands before the event in a line.</summary>
/// <param name="Task">Whose line it is; null where strace, having one task only, does not say.</param>
/// <param name="Time">Since the epoch.</param>
internal sealed record LinePrefix(int? Task, TimeSpan Time);
