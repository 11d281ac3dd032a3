namespace EchoNative.Posix;

/// <summary>Root's rights, divided into single capabilities; see capabilities(7). Each thread has its own set.</summary>
public static unsafe class Capabilities
{
    /// <summary>
    /// From now on the calling thread gains no rights by executing a program, not even a set-user-ID one. The rights it
    /// has stay. It can't be undone. See prctl(2), PR_SET_NO_NEW_PRIVS.
    /// </summary>
    /// <returns>Why it failed, such as EINVAL before Linux 3.5, or <see cref="Errno.None"/>.</returns>
    public static Errno SetNoNewPrivileges() =>
        Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? Errno.None : Errno.Last;

    /// <summary>Drops all capabilities of the calling thread for good; see capset(2).</summary>
    /// <returns>Why it failed, or <see cref="Errno.None"/>.</returns>
    public static Errno DropAll()
    {
        // Clearing the inheritable set clears the ambient set, too.
        Libc.__user_cap_header_struct header = new() { version = Libc._LINUX_CAPABILITY_VERSION_3 };
        Libc.__user_cap_data_struct* none = stackalloc Libc.__user_cap_data_struct[Libc._LINUX_CAPABILITY_U32S_3];
        none[0] = default;
        none[1] = default;
        nint result = Libc.syscall(SystemCall.Capset.Number, (nint)(&header), (nint)none, 0, 0, 0, 0);
        return result == 0 ? Errno.None : Errno.Last;
    }
}
