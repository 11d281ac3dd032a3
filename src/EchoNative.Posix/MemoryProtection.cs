namespace EchoNative.Posix;

/// <summary>What may be done with a piece of memory; see mprotect(2).</summary>
internal enum MemoryProtection
{
    /// <summary>Nothing: it holds the place for later use, or is the guard of a stack.</summary>
    Reserved,

    /// <summary>Reading and writing.</summary>
    Writable,

    /// <summary>Anything else, such as running code.</summary>
    Other,
}
