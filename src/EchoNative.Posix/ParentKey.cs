using System;
using System.Runtime.CompilerServices;

namespace EchoNative.Posix;

/// <summary>
/// A random number by which a <see cref="SystemCallFilter"/> distinguishes the parent from the children it forks. The
/// parent passes it as an argument that the system call itself ignores, and the filter compares it
/// (<see cref="SystemCallFilter.AllowForkWithKey"/>). It is in memory that no child gets.
/// </summary>
/// <remarks>The default key is zero, for processes without a filter.</remarks>
public readonly unsafe struct ParentKey
{
    private const int PageLength = 4096;

    private readonly nint* _value;

    private ParentKey(nint* value) => _value = value;

    /// <summary>The number in memory: the lower half, then the upper half.</summary>
    internal uint* Halves => (uint*)_value;

    /// <summary>The rest of the page, which no child gets either.</summary>
    internal Span<byte> RestOfPage => new(_value + 1, PageLength - sizeof(nint));

    /// <summary>Makes a random key; see getrandom(2).</summary>
    /// <exception cref="PosixException">There is no memory that can be kept from children, or no random number.</exception>
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
            return length == sizeof(nint)
                ? new ParentKey((nint*)start)
                : throw new PosixException("getrandom", Errno.Last, "key");
        }
    }

    /// <summary>Makes a system call of at most five arguments, with the key as the sixth one.</summary>
    /// <returns>Its result, or -1 with the reason in <see cref="Errno.Last"/>.</returns>
    internal nint Call(SystemCall call, nint first, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0)
    {
        nint none = 0;
        return Call(call.Number, first, second, third, fourth, fifth, _value is null ? &none : _value);
    }

    /// <summary>The same for a parent that forks afterwards: no trace of the key is left that a child would get.</summary>
    internal nint CallWithoutTrace(SystemCall call, nint first, nint second, nint third, nint fourth, nint fifth)
    {
        nint none = 0;
        nint result = Call(call.Number, first, second, third, fourth, fifth, _value is null ? &none : _value);
        if (_value is not null)
        {
            _ = Call(SystemCall.Getpid.Number, 0, 0, 0, 0, 0, &none);
        }

        return result;
    }

    /// <summary>
    /// For a child: at its fork the key was in a register, and perhaps on the stack. This runs the same code again with
    /// zero as the key, which overwrites all copies.
    /// </summary>
    /// <returns>This process's id, since getpid(2) is the system call made for this.</returns>
    internal static int WipeTraces() => (int)default(ParentKey).Call(SystemCall.Getpid, 0);

    // Never inlined, so that both callers run the same code: it uses the same registers and the same places on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Call(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint* key) =>
        Libc.syscall(number, first, second, third, fourth, fifth, *key);
}
