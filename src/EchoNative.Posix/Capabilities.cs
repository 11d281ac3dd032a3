namespace EchoNative.Posix;

/// <summary>Root's rights, piece by piece; see capabilities(7). Each thread has its own.</summary>
public static unsafe class Capabilities
{
    /// <summary>
    /// Forbids the calling thread, and what it executes, to gain any by executing a program, whoever owns that program
    /// and whatever it is set to; see prctl(2), PR_SET_NO_NEW_PRIVS. Takes no rights, and can't be undone.
    /// </summary>
    /// <returns>Why it is not forbidden, such as EINVAL before Linux 3.5, or <see cref="Errno.None"/>.</returns>
    public static Errno ForbidNew() => Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? Errno.None : Errno.Last;

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
