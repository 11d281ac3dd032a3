using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EchoNative.Posix;

/// <summary>Whose rights a process has; see credentials(7).</summary>
/// <param name="UserId">The user.</param>
/// <param name="GroupId">The one group.</param>
public readonly unsafe record struct Account(uint UserId, uint GroupId)
{
    // The entry of a group with thousands of members is long.
    private const int BufferLength = 1024 * 1024;

    /// <summary>Finds a user, and a group, in /etc/passwd and /etc/group; see getpwnam(3) and getgrnam(3).</summary>
    /// <param name="user">A name or a number.</param>
    /// <param name="group">A name or a number; null for the user's own.</param>
    /// <param name="account">The account, where there is one.</param>
    /// <param name="obstacle">What is not known, where there is none.</param>
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
    /// Gives up all other rights for good: supplementary groups, group and user, in this order, since who is no
    /// longer root may not change groups. Saved ids are set too, so that there is no way back; that is tried.
    /// See setgroups(2), setresgid(2), setresuid(2).
    /// </summary>
    /// <exception cref="PosixException">A call failed, or there is a way back. The process must not go on.</exception>
    public void Become()
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

    // Put together only when it is told: the pool of buffers that this uses opens /dev/urandom for good, and every
    // child would have it.
    private string Subject => string.Create(CultureInfo.InvariantCulture, $"{UserId}:{GroupId}");

    private static bool TryFindUser(string user, out uint userId, out uint? groupId)
    {
        MemoryMapping buffer = MemoryMapping.Private(BufferLength);
        Libc.passwd entry;
        Libc.passwd** found = stackalloc Libc.passwd*[1];
        bool isNumber = TryParseNumber(user, out userId);
        fixed (byte* space = buffer.Bytes)
        fixed (byte* name = NullTerminated.From(user))
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
        fixed (byte* name = NullTerminated.From(group))
        {
            _ = Libc.getgrnam_r(name, &entry, space, BufferLength, found);
        }

        bool isKnown = *found is not null;
        groupId = isKnown ? entry.gr_gid : null;
        buffer.Free();
        return isKnown;
    }

    // The highest number, -1, means "leave as it is" to the calls above.
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
