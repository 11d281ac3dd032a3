using System.Collections.Generic;

namespace EchoNative.Testing;

/// <summary>One run of a signal handler, from the signal to rt_sigreturn(2).</summary>
/// <param name="Signal">What it was run for.</param>
/// <param name="Interrupted">The call during which the signal came; null where the process was in none.</param>
/// <param name="Events">What happened in it, rt_sigreturn included.</param>
public sealed record HandlerRun(SignalDelivery Signal, SystemCall? Interrupted, IReadOnlyList<TraceEvent> Events);
