namespace EchoNative.Trace.Log;

/// <summary>A signal that reached a task.</summary>
/// <param name="Task">Which.</param>
/// <param name="At">When.</param>
/// <param name="Text">As strace printed it.</param>
/// <param name="Name">The signal, as <c>SIGCHLD</c>.</param>
/// <param name="Sender">The process it tells of; 0 where strace names none.</param>
internal sealed record SignalArrival(int Task, Moment At, string Text, string Name, int Sender) : LogEvent(Task, At, At, Text);
