namespace EchoNative.Trace.Findings;

/// <summary>What there is to be found.</summary>
internal enum FindingKind
{
    /// <summary>A process goes on with a socket that fork gave it, or left it, and never uses it.</summary>
    UnusedDescriptor,

    /// <summary>A child has ended and its parent never asks.</summary>
    UnremovedZombie,

    /// <summary>One SIGCHLD stands for several children.</summary>
    MergedSignal,
}
