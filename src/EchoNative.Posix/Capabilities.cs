namespace EchoNative.Posix;

/// <summary>Root's rights, piece by piece; see capabilities(7). Each thread has its own.</summary>
public static unsafe class Capabilities
{
    // More than there are: the first that is none ends the loop.
    private const int Most = 64;

    /// <summary>
    /// Forbids the calling thread to gain any by executing a program; see prctl(2), PR_CAPBSET_DROP. Who has no right
    /// to forbid it, since who is not root has none at all, goes on.
    /// </summary>
    public static void ForbidNew()
    {
        int capability = 0;
        while (capability < Most && Libc.prctl(Libc.PR_CAPBSET_DROP, (nuint)capability, 0, 0, 0) == 0)
        {
            capability++;
        }
    }

    /// <summary>Gives up all that the calling thread has, for good; see capset(2).</summary>
    /// <returns>Why it still has them, or <see cref="Errno.None"/>.</returns>
    public static Errno GiveUp()
    {
        // Those that are ambient go with the inheritable ones.
        Libc.__user_cap_header_struct header = new() { version = Libc._LINUX_CAPABILITY_VERSION_3 };
        Libc.__user_cap_data_struct* none = stackalloc Libc.__user_cap_data_struct[Libc._LINUX_CAPABILITY_U32S_3];
        none[0] = default;
        none[1] = default;
        nint result = Libc.syscall(SystemCall.Capset.Number, (nint)(&header), (nint)none, 0, 0, 0);
        return result == 0 ? Errno.None : Errno.Last;
    }
}
