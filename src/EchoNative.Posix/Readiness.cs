using System;

namespace EchoNative.Posix;

/// <summary>What a descriptor can do without waiting.</summary>
[Flags]
public enum Readiness
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A read would return something: bytes, the end of file, or an error.</summary>
    Readable = 1,

    /// <summary>A write would take something or fail; for a connect in progress, it has ended either way.</summary>
    Writable = 2,
}
