using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>
/// What descriptors lead to: one open file of the kernel, such as a socket. It lives until the last descriptor to it
/// is closed. fork and dup make further descriptors and no further file.
/// </summary>
internal sealed class OpenFile(FileKind kind, string name)
{
    private readonly List<Descriptor> _descriptors = [];

    public FileKind Kind { get; set; } = kind;

    /// <summary>What it is, in words: a path, or <c>0.0.0.0:9190</c>.</summary>
    public string Name { get; set; } = name;

    /// <summary>Whether data came or went, clients were accepted, or it was connected.</summary>
    public bool WasUsed { get; set; }

    public bool IsSocket => Kind >= FileKind.Socket;

    /// <summary>All descriptors that ever led to it, in the order in which they were made.</summary>
    public IReadOnlyList<Descriptor> Descriptors => _descriptors;

    /// <summary>Its number in the picture; 0 where it is not drawn.</summary>
    public int Number { get; set; }

    /// <summary>Sockets that serve, or that processes share. Those that a library opens and closes by itself would only be in the way.</summary>
    public bool IsDrawn => Kind == FileKind.ListeningSocket || (WasUsed && IsSocket && (Kind == FileKind.ConnectedSocket || IsShared));

    private bool IsShared => _descriptors.Select(one => one.Owner).Distinct().Skip(1).Any();

    /// <summary>What it is called in a sentence.</summary>
    public string Description => Kind switch
    {
        FileKind.ListeningSocket => Named("listening socket"),
        FileKind.ConnectedSocket => Named("connected socket"),
        FileKind.PairSocket => "socket of a pair",
        FileKind.Socket => Named("socket"),
        FileKind.Pipe => "pipe",
        _ => Name,
    };

    public void Add(Descriptor descriptor) => _descriptors.Add(descriptor);

    /// <summary>How many descriptors lead to it at a moment.</summary>
    public int CountAt(Moment moment) => _descriptors.Count(one => one.IsOpenAt(moment));

    private string Named(string kind) => Name.Length == 0 ? kind : $"{kind} {Name}";
}
