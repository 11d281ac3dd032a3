using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EchoNative.Posix;

/// <summary>The user and the group whose rights a process has; see credentials(7).</summary>
/// <param name="UserId">The user's number.</param>
/// <param name="GroupId">The group's number.</param>
public readonly unsafe record struct Account(uint UserId, uint GroupId)
{
    // Bytes for one entry of passwd or group. The entry of a group with thousands of members is long.
    private const int BufferLength = 1024 * 1024;

    /// <summary>Looks a user and a group up in /etc/passwd and /etc/group; see getpwnam(3) and getgrnam(3).</summary>
    /// <param name="user">A name or a number.</param>
    /// <param name="group">A name or a number; null for the user's primary group.</param>
    /// <param name="account">The account, if both were found.</param>
    /// <param name="obstacle">What was not found, as a message for the user.</param>
    /// <returns>Whether both were found. A user given by number needs no entry if the group is given, too.</returns>
    public static bool TryFind(string user, string? group, out Account account, [NotNullWhen(false)] out string? obstacle)
    {
        NameSources.UseForAccounts();
        account = default;
        obstacle = null;
        if (!TryFindUser(user, out uint userId, out uint? groupId))
        {
            obstacle = $"user '{user}' is not known";
        }
        else if (group is not null && !TryFindGroup(group, out groupId))
        {
            obstacle = $"group '{group}' is not known";
        }
        else if (groupId is null)
        {
            obstacle = $"user '{user}' has no entry that tells its group: add one, as in {user}:GROUP";
        }
        else
        {
            account = new Account(userId, groupId.Value);
        }

        return obstacle is null;
    }

    /// <summary>
    /// Switches all threads of the process to this account for good: supplementary groups, group and user, in this order,
    /// because only root may change groups. The saved ids are set, too. Afterwards it tries to become root again, which
    /// must fail. See setgroups(2), setresgid(2), setresuid(2).
    /// </summary>
    /// <exception cref="PosixException">A call failed, or the process could become root again. It must end.</exception>
    public void DropPrivileges()
    {
        uint group = GroupId;
        Check(Libc.setgroups(1, &group), "setgroups");
        Check(Libc.setresgid(GroupId, GroupId, GroupId), "setresgid");
        Check(Libc.setresuid(UserId, UserId, UserId), "setresuid");
        if (UserId != 0 && (Libc.setresuid(0, 0, 0) == 0 || Libc.setgroups(0, null) == 0))
        {
            throw new PosixException("setresuid", "There is a way back to other rights", Subject);
        }
    }

    // Built only for an error message: string formatting rents a buffer from a pool, which opens /dev/urandom, and every
    // child would inherit that descriptor.
    private string Subject => string.Create(CultureInfo.InvariantCulture, $"{UserId}:{GroupId}");

    private static bool TryFindUser(string user, out uint userId, out uint? groupId)
    {
        MemoryMapping buffer = MemoryMapping.Private(BufferLength);
        Libc.passwd entry;
        Libc.passwd** found = stackalloc Libc.passwd*[1];
        bool isNumber = TryParseNumber(user, out userId);
        fixed (byte* space = buffer.Bytes)
        fixed (byte* name = CString.From(user))
        {
            _ = isNumber
                ? Libc.getpwuid_r(userId, &entry, space, BufferLength, found)
                : Libc.getpwnam_r(name, &entry, space, BufferLength, found);
        }

        bool isKnown = *found is not null;
        userId = isKnown ? entry.pw_uid : userId;
        groupId = isKnown ? entry.pw_gid : null;
        buffer.Free();
        return isKnown || isNumber;
    }

    private static bool TryFindGroup(string group, out uint? groupId)
    {
        if (TryParseNumber(group, out uint number))
        {
            groupId = number;
            return true;
        }

        MemoryMapping buffer = MemoryMapping.Private(BufferLength);
        Libc.group entry;
        Libc.group** found = stackalloc Libc.group*[1];
        fixed (byte* space = buffer.Bytes)
        fixed (byte* name = CString.From(group))
        {
            _ = Libc.getgrnam_r(name, &entry, space, BufferLength, found);
        }

        bool isKnown = *found is not null;
        groupId = isKnown ? entry.gr_gid : null;
        buffer.Free();
        return isKnown;
    }

    // The highest number, -1, means "leave as it is" to setresuid and setresgid.
    private static bool TryParseNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number != uint.MaxValue;

    private void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new PosixException(call, Errno.Last, Subject);
        }
    }
}
