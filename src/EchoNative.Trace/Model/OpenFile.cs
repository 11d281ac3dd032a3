using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>
/// What descriptors lead to: one open file of the kernel, such as a socket. It lives until the last descriptor to it
/// is closed. fork and dup make new descriptors to the same file.
/// </summary>
internal sealed class OpenFile(FileKind kind, string name)
{
    private readonly List<Descriptor> _descriptors = [];

    public FileKind Kind { get; set; } = kind;

    /// <summary>A path, or an address such as <c>0.0.0.0:9190</c>; may be empty.</summary>
    public string Name { get; set; } = name;

    /// <summary>Whether data was moved, clients were accepted, or it was connected.</summary>
    public bool WasUsed { get; set; }

    public bool IsSocket => Kind >= FileKind.Socket;

    /// <summary>All descriptors that ever led to it, in the order in which they were made.</summary>
    public IReadOnlyList<Descriptor> Descriptors => _descriptors;

    /// <summary>Its number in the picture; 0 where it is not drawn.</summary>
    public int Number { get; set; }

    /// <summary>
    /// Whether the picture shows it: a socket that serves, or that processes share. Sockets that a library opens and closes
    /// for its own work are left out.
    /// </summary>
    public bool IsDrawn =>
        Kind == FileKind.ListeningSocket || (WasUsed && IsSocket && (Kind == FileKind.ConnectedSocket || IsShared));

    private bool IsShared => _descriptors.Select(one => one.Owner).Distinct().Skip(1).Any();

    /// <summary>How a sentence names it.</summary>
    public string Description => Kind switch
    {
        FileKind.ListeningSocket => WithName("listening socket"),
        FileKind.ConnectedSocket => WithName("connected socket"),
        FileKind.PairSocket => "socket of a pair",
        FileKind.Socket => WithName("socket"),
        FileKind.Pipe => "pipe",
        _ => Name,
    };

    public void Add(Descriptor descriptor) => _descriptors.Add(descriptor);

    /// <summary>How many descriptors lead to it at a moment.</summary>
    public int CountAt(Moment moment) => _descriptors.Count(one => one.IsOpenAt(moment));

    private string WithName(string kind) => Name.Length == 0 ? kind : $"{kind} {Name}";
}

/// <summary>What a descriptor leads to. Sockets come last: see <see cref="OpenFile.IsSocket"/>.</summary>
internal enum FileKind
{
    /// <summary>A file, a device, a terminal or an eventfd. The picture does not show it.</summary>
    Other,

    /// <summary>One end of a pipe.</summary>
    Pipe,

    /// <summary>A socket that neither listens nor is connected, as far as the log shows.</summary>
    Socket,

    /// <summary>One of the two sockets of socketpair(2).</summary>
    PairSocket,

    /// <summary>A socket on which clients are accepted.</summary>
    ListeningSocket,

    /// <summary>A socket that accept returned, or that connected.</summary>
    ConnectedSocket,
}
