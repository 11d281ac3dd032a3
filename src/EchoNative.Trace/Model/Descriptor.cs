using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>One descriptor of one process, from the call that made it to the call that closed it.</summary>
/// <param name="owner">The process.</param>
/// <param name="number">Its number there.</param>
/// <param name="file">What it leads to.</param>
/// <param name="origin">How it came about.</param>
/// <param name="opened">When.</param>
internal sealed class Descriptor(TracedProcess owner, int number, OpenFile file, DescriptorOrigin origin, Moment opened)
{
    public TracedProcess Owner { get; } = owner;

    public int Number { get; } = number;

    public OpenFile File { get; } = file;

    public DescriptorOrigin Origin { get; } = origin;

    public Moment Opened { get; } = opened;

    /// <summary>Whether execve(2) closes it.</summary>
    public bool ClosesOnExec { get; set; }

    /// <summary>When it was closed; null where it is open when the log ends.</summary>
    public Moment? Closed { get; private set; }

    /// <summary>What closed it: a call, or the end of the process.</summary>
    public LogEvent? ClosedBy { get; private set; }

    /// <summary>Whether it was the last one: with it the file itself went.</summary>
    public bool WasLast { get; private set; }

    /// <summary>Whether a call for just this descriptor closed it, and not the end or the execve of its process.</summary>
    public bool WasClosedByCall => ClosedBy is SystemCall { Name: not ("execve" or "execveat" or "exit" or "exit_group") };

    public bool IsOpenAt(Moment moment) => Opened <= moment && (Closed is not Moment closed || closed > moment);

    public void Close(Moment at, LogEvent by)
    {
        Closed = at;
        ClosedBy = by;
        WasLast = File.CountAt(at) == 0;
    }
}
