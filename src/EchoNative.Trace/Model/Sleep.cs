using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>A time during which the process waits inside a call.</summary>
/// <param name="Begin">The call.</param>
/// <param name="End">Its return.</param>
/// <param name="Call">Which.</param>
internal sealed record Sleep(Moment Begin, Moment End, SystemCall Call);
