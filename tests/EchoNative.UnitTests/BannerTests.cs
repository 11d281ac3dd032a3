using System.Linq;
using System.Text;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.UnitTests;

public sealed class BannerTests
{
    [Theory]
    [InlineData("host", 7, "host 7\n")]
    [InlineData("echo-server-6b8c9d-x2z4q.example", 4194304, "echo-server-6b8c9d-x2z4q.example 4194304\n")]
    public void It_is_the_name_of_the_machine_and_the_process(string host, int processId, string expected) =>
        Assert.Equal(expected, Write(host, processId));

    [Fact]
    public void A_name_that_is_too_long_is_cut()
    {
        string line = Write(new string('x', 1000), int.MaxValue);
        Assert.EndsWith($"x {int.MaxValue}\n", line, System.StringComparison.Ordinal);
        Assert.InRange(line.Length, 80, Banner.MaxLength);
    }

    [Theory]
    [InlineData("", "localhost")]
    [InlineData("two words\n", "two?words?")]
    [InlineData("\u007f!~\t\0", "?!~??")]
    [InlineData("\u00e4", "??")]
    public void A_name_that_is_not_one_word_of_visible_ASCII_becomes_one(string name, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(Banner.HostNameOf(Encoding.UTF8.GetBytes(name))));

    [Fact]
    public void The_name_of_the_machine_is_that_of_the_kernel() =>
        Assert.Equal(
            System.IO.File.ReadAllText("/proc/sys/kernel/hostname").TrimEnd(), Encoding.UTF8.GetString(MachineName.Read()));

    private static string Write(string host, int processId)
    {
        byte[] buffer = [.. Enumerable.Repeat((byte)'#', Banner.MaxLength)];
        return Encoding.ASCII.GetString(Banner.Write(buffer, Encoding.ASCII.GetBytes(host), processId));
    }
}
