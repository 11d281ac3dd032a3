using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>One descriptor of one process, from the call that made it to the call that closed it.</summary>
/// <param name="owner">The process.</param>
/// <param name="number">Its number in that process.</param>
/// <param name="file">What it leads to.</param>
/// <param name="origin">How it was made.</param>
/// <param name="opened">When it was made.</param>
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

    /// <summary>Whether it was the last descriptor to its file. Its close ended the file too.</summary>
    public bool WasLast { get; private set; }

    /// <summary>Whether a call closed it, and not the end or the execve of its process.</summary>
    public bool WasClosedByCall => ClosedBy is SystemCall call && SystemCallTable.Find(call.Name).Action is not CallAction.Exec;

    public bool IsOpenAt(Moment moment) => Opened <= moment && (Closed is not Moment closed || closed > moment);

    public void Close(Moment at, LogEvent by)
    {
        Closed = at;
        ClosedBy = by;
        WasLast = File.CountAt(at) == 0;
    }
}

/// <summary>How a descriptor was made.</summary>
internal enum DescriptorOrigin
{
    /// <summary>It was open when the log began.</summary>
    Given,

    /// <summary>A call made it together with the file that it leads to.</summary>
    Made,

    /// <summary>fork copied it from the parent.</summary>
    Forked,

    /// <summary>dup or a similar call made it from another descriptor of the same process.</summary>
    Duplicated,
}
