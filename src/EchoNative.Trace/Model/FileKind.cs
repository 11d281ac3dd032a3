namespace EchoNative.Trace.Model;

/// <summary>What a descriptor leads to.</summary>
internal enum FileKind
{
    /// <summary>A file, a device, a terminal, an eventfd: whatever has no lane of its own in the picture.</summary>
    Other,

    /// <summary>One end of a pipe.</summary>
    Pipe,

    /// <summary>A socket that neither listens nor is connected, as far as the log tells.</summary>
    Socket,

    /// <summary>One of two sockets that were made connected to each other.</summary>
    PairSocket,

    /// <summary>A socket on which clients are accepted.</summary>
    ListeningSocket,

    /// <summary>A socket that was accepted, or that connected.</summary>
    ConnectedSocket,
}
