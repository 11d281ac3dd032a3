using System;
using System.Globalization;
using System.Linq;
using System.Text;
using EchoNative.Posix;
using Mono.Unix.Native;

namespace EchoNative.UnitTests;

public sealed class WaitStatusTests
{
    private const int Words = 65536;
    private const int HighestNamedSignal = 31;

    [Fact]
    public void Every_status_word_is_read_as_Mono_reads_it()
    {
        for (int word = 0; word < Words; word++)
        {
            WaitStatus status = new(word);
            Assert.Equal((word, Syscall.WIFEXITED(word)), (word, status.IsExit));
            Assert.Equal((word, Syscall.WIFSIGNALED(word)), (word, status.IsKilled));
            if (status.IsExit)
            {
                Assert.Equal((word, Syscall.WEXITSTATUS(word)), (word, status.ExitStatus));
            }

            // Mono's WTERMSIG gives a Signum, which real-time signals don't have.
            int signal = word & 0x7f;
            if (status.IsKilled && signal <= HighestNamedSignal)
            {
                Assert.Equal((word, NativeConvert.FromSignum(Syscall.WTERMSIG(word))), (word, status.SignalNumber));
            }

            Assert.Equal((word, status.IsExit && Syscall.WEXITSTATUS(word) == 0), (word, status.IsSuccess));
        }
    }

    [Fact]
    public void Every_status_word_is_read_as_the_C_macros_read_it()
    {
        string output = CProgram.Here.Run("""
            for (int word = 0; word < 65536; word++)
            {
                printf("%d %d %d %d\n", !!WIFEXITED(word), WEXITSTATUS(word), !!WIFSIGNALED(word), WTERMSIG(word));
            }
            """);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Words, lines.Length);
        for (int word = 0; word < Words; word++)
        {
            int exited = Libc.WIFEXITED(word) ? 1 : 0;
            int signaled = Libc.WIFSIGNALED(word) ? 1 : 0;
            Assert.Equal(
                (word, lines[word]),
                (word, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{exited} {Libc.WEXITSTATUS(word)} {signaled} {Libc.WTERMSIG(word)}")));
        }
    }

    [Fact]
    public void Every_signal_has_the_name_that_Mono_knows_for_it() =>
        Assert.All(Enumerable.Range(1, HighestNamedSignal), number =>
        {
            // From the name back to the number, because SIGPOLL and SIGIO have the same number.
            string name = "SIG" + Encoding.ASCII.GetString(new WaitStatus(number).SignalName);
            Assert.True(Enum.TryParse(name, out Signum known), $"Mono does not know {name}, the name of signal {number}");
            Assert.Equal((name, number), (name, NativeConvert.FromSignum(known)));
        });

    [Theory]
    [InlineData(32)]
    [InlineData(34)]
    [InlineData(64)]
    public void A_real_time_signal_has_a_number_only(int number)
    {
        WaitStatus status = new(number);
        Assert.True(status.IsKilled);
        Assert.Equal(number, status.SignalNumber);
        Assert.True(status.SignalName.IsEmpty);
    }

    [Fact]
    public void A_core_dump_does_not_change_the_signal()
    {
        const int CoreDumped = 0x80;
        WaitStatus status = new(NativeConvert.FromSignum(Signum.SIGSEGV) | CoreDumped);
        Assert.True(status.IsKilled);
        Assert.Equal("SEGV", Encoding.ASCII.GetString(status.SignalName));
    }
}
