namespace EchoNative.Faults;

/// <summary>What is done to a system call.</summary>
internal enum InjectionKind
{
    /// <summary>It is not made, and returns an error.</summary>
    Error,

    /// <summary>It is made, and a signal arrives meanwhile.</summary>
    Signal,
}
