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

    // Mono knows neither ERFKILL nor EHWPOISON.
    private const int HighestInMono = 131;

    // The kernel skips these two: what they stood for became aliases of EAGAIN and EDEADLK.
    private static readonly int[] s_unused = [41, 58];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(1, Highest)];

    public static TheoryData<int> NumbersInMono => [.. Enumerable.Range(1, HighestInMono)];

    [Theory]
    [MemberData(nameof(NumbersInMono))]
    public void A_number_has_the_name_that_Mono_knows_for_it(int number)
    {
        string name = new Errno(number).Name;
        if (s_unused.Contains(number))
        {
            Assert.Equal(number.ToString(CultureInfo.InvariantCulture), name);
            return;
        }

        // From the name back to the number, since a number with an alias (EWOULDBLOCK) has two names there.
        Assert.True(Enum.TryParse(name, out MonoErrno known), name);
        Assert.True(NativeConvert.TryFromErrno(known, out int back));
        Assert.Equal(number, back);
    }

    [Fact]
    public void Every_number_has_the_name_that_the_C_header_has_for_it()
    {
        IEnumerable<string> assertions = Enumerable.Range(1, Highest).Except(s_unused)
            .Select(number => $"_Static_assert({new Errno(number).Name} == {number}, \"{number}\");");
        Assert.Equal("", CProgram.Here.Compile(string.Join('\n', assertions)));
    }

    [Theory]
    [MemberData(nameof(NumbersInMono))]
    public void A_number_is_described_as_strerror_describes_it(int number)
    {
        Errno errno = new(number);
        if (s_unused.Contains(number))
        {
            Assert.Equal("Unknown error", errno.ToString());
            return;
        }

        Assert.Equal(Stdlib.strerror(NativeConvert.ToErrno(number)), errno.ToString());
        Assert.Equal(errno.ToString(), Encoding.ASCII.GetString(errno.Description));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(134)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_number_that_is_none_is_shown_as_a_number(int number)
    {
        Errno errno = new(number);
        Assert.Equal(number.ToString(CultureInfo.InvariantCulture), errno.Name);
        Assert.Equal("Unknown error", errno.ToString());
        Assert.True(errno.IsError);
    }

    [Fact]
    public void None_is_no_error()
    {
        Assert.False(Errno.None.IsError);
        Assert.Equal(0, Errno.None.Number);
        Assert.Equal("Success", Errno.None.ToString());
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Only_a_closed_and_a_reset_connection_are_disconnected(int number) =>
        Assert.Equal(new Errno(number).Name is "EPIPE" or "ECONNRESET", new Errno(number).IsDisconnected);

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Interrupted_and_would_block_are_one_number_each(int number)
    {
        Errno errno = new(number);
        Assert.Equal(errno.Name == "EINTR", errno.IsInterrupted);
        Assert.Equal(errno.Name == "EAGAIN", errno.IsWouldBlock);
    }
}
