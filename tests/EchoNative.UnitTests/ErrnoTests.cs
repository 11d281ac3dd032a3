using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Mono.Unix.Native;
using Errno = EchoNative.Posix.Errno;
using MonoErrno = Mono.Unix.Native.Errno;

namespace EchoNative.UnitTests;

public sealed class ErrnoTests
{
    private const int Highest = 133;

    // Mono does not know ERFKILL and EHWPOISON.
    private const int HighestInMono = 131;

    // The kernel does not use these two numbers: their names became aliases of EAGAIN and EDEADLK.
    private static readonly int[] s_unused = [41, 58];

    // Assertions compare pairs with the number, so that a failure says which errno is wrong.
    private static IEnumerable<int> Used => Enumerable.Range(1, Highest).Except(s_unused);

    private static IEnumerable<int> UsedInMono => Enumerable.Range(1, HighestInMono).Except(s_unused);

    [Fact]
    public void Every_number_has_the_name_that_Mono_knows_for_it() =>
        Assert.All(UsedInMono, number =>
        {
            // From the name back to the number, because Mono has two names for a number with an alias (EWOULDBLOCK).
            string name = new Errno(number).Name;
            Assert.True(Enum.TryParse(name, out MonoErrno known), $"Mono does not know {name}, the name of {number}");
            Assert.True(NativeConvert.TryFromErrno(known, out int back), $"Mono has no number for {name}");
            Assert.Equal((name, number), (name, back));
        });

    [Fact]
    public void Every_number_has_the_name_that_the_C_header_has_for_it()
    {
        IEnumerable<string> assertions =
            Used.Select(number => $"_Static_assert({new Errno(number).Name} == {number}, \"{number}\");");
        Assert.Equal("", CProgram.Here.Compile(string.Join('\n', assertions)));
    }

    [Fact]
    public void Every_number_is_described_as_strerror_describes_it() =>
        Assert.All(UsedInMono, number =>
        {
            Errno errno = new(number);
            Assert.Equal((errno.Name, Stdlib.strerror(NativeConvert.ToErrno(number))), (errno.Name, errno.ToString()));
            Assert.Equal((errno.Name, errno.ToString()), (errno.Name, Encoding.ASCII.GetString(errno.Description)));
        });

    [Fact]
    public void A_number_that_is_no_errno_is_shown_as_a_number() =>
        Assert.All([.. s_unused, -1, 134, int.MaxValue, int.MinValue], number =>
        {
            Errno errno = new(number);
            Assert.Equal(number.ToString(CultureInfo.InvariantCulture), errno.Name);
            Assert.Equal((number, "Unknown error"), (number, errno.ToString()));
            Assert.True(errno.IsError, $"{number} is no error");
        });

    [Fact]
    public void None_is_no_error()
    {
        Assert.False(Errno.None.IsError);
        Assert.Equal(0, Errno.None.Number);
        Assert.Equal("Success", Errno.None.ToString());
    }

    [Fact]
    public void Only_a_closed_and_a_reset_connection_are_disconnected() =>
        Assert.Equal(["EPIPE", "ECONNRESET"], NamesOf(errno => errno.IsDisconnected));

    [Fact]
    public void Interrupted_and_would_block_are_one_number_each()
    {
        Assert.Equal(["EINTR"], NamesOf(errno => errno.IsInterrupted));
        Assert.Equal(["EAGAIN"], NamesOf(errno => errno.IsWouldBlock));
    }

    private static IEnumerable<string> NamesOf(Func<Errno, bool> condition) =>
        Enumerable.Range(1, Highest).Select(number => new Errno(number)).Where(condition).Select(errno => errno.Name);
}
