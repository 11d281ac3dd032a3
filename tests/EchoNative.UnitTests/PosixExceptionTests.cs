using System;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

public sealed class PosixExceptionTests
{
    [Fact]
    public void A_failed_call_has_a_message_with_its_reason_and_its_subject()
    {
        Assert.Equal("bind() error: reason (subject)", new PosixException("bind", "reason", "subject").Message);
        Assert.Equal(
            "listen() error: Address already in use (0.0.0.0:9190)",
            new PosixException("listen", new Errno(98), "0.0.0.0:9190").Message);
    }

    [Fact]
    public void It_is_an_ordinary_exception_otherwise()
    {
        InvalidOperationException cause = new();
        Assert.Equal("words", new PosixException("words").Message);
        Assert.Same(cause, new PosixException("words", cause).InnerException);
        Assert.NotEmpty(new PosixException().Message);
    }
}
