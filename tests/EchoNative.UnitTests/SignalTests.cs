using System;
using System.Linq;
using EchoNative.Posix;
using Mono.Unix.Native;

namespace EchoNative.UnitTests;

public sealed class SignalTests
{
    [Fact]
    public void Every_signal_has_the_number_that_Mono_knows_for_it() =>
        Assert.All(Enum.GetValues<Signal>().Except([Signal.None]), signal => Assert.Equal(
            (signal, NativeConvert.FromSignum(signal switch
            {
                Signal.Hangup => Signum.SIGHUP,
                Signal.Interrupt => Signum.SIGINT,
                Signal.Quit => Signum.SIGQUIT,
                Signal.Kill => Signum.SIGKILL,
                Signal.User1 => Signum.SIGUSR1,
                Signal.User2 => Signum.SIGUSR2,
                Signal.Alarm => Signum.SIGALRM,
                Signal.Pipe => Signum.SIGPIPE,
                Signal.Terminate => Signum.SIGTERM,
                Signal.Child => Signum.SIGCHLD,
                Signal.FileSizeExceeded => Signum.SIGXFSZ,
                _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "a signal that no test knows"),
            })),
            (signal, (int)signal)));
}
