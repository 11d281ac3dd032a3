using System;
using System.Runtime.CompilerServices;

namespace EchoNative.Posix;

/// <summary>
/// What tells a parent from the children it forks under one filter of system calls: a random number that goes with a
/// call as an argument which the call itself does not look at. The filter asks for it
/// (<see cref="SystemCallFilter.AllowForkWithKey"/>), and it lies in memory that no child has.
/// </summary>
/// <remarks>The default key is zero: for processes that no filter asks.</remarks>
public readonly unsafe struct ParentKey
{
    private const int PageLength = 4096;

    private readonly nint* _value;

    private ParentKey(nint* value) => _value = value;

    /// <summary>Where the number lies.</summary>
    internal uint* Halves => (uint*)_value;

    /// <summary>What else there is of the memory that no child has.</summary>
    internal Span<byte> Beside => new(_value + 1, PageLength - sizeof(nint));

    /// <summary>Makes a key that nobody can guess; see getrandom(2).</summary>
    /// <exception cref="PosixException">There is no memory for it that children don't get, or no random number.</exception>
    public static ParentKey Create()
    {
        MemoryMapping memory = MemoryMapping.ParentOnly(PageLength, out bool isKept);
        if (!isKept)
        {
            throw new PosixException("madvise", Errno.Last, "key");
        }

        fixed (byte* start = memory.Bytes)
        {
            nint length = Libc.getrandom(start, (nuint)sizeof(nint), 0);
            return length == sizeof(nint) ? new ParentKey((nint*)start) : throw new PosixException("getrandom", Errno.Last, "key");
        }
    }

    /// <summary>Makes a call that takes up to two arguments, with the key as the fifth.</summary>
    /// <returns>Its result, or -1 with the reason in <see cref="Errno.Last"/>.</returns>
    internal nint Call(SystemCall call, nint first, nint second = 0)
    {
        nint none = 0;
        return Call(call.Number, first, second, _value is null ? &none : _value);
    }

    /// <summary>
    /// For a child that was forked while the key was in a register, and perhaps on the stack: goes the same way once
    /// more with zero, and so overwrites it wherever it was.
    /// </summary>
    /// <returns>This process's id: some call has to be made.</returns>
    internal static int WipeTraces() => (int)default(ParentKey).Call(SystemCall.Getpid, 0);

    // One body of code for both, never inlined: the same registers, and on the stack the same places.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Call(nint number, nint first, nint second, nint* key) =>
        Libc.syscall(number, first, second, 0, 0, *key);
}
