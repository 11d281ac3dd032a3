using EchoNative.Client;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.UnitTests;

[Collection(nameof(MappingCollection))]
public sealed class SenderStateTests
{
    [Fact]
    public void Everything_begins_at_zero()
    {
        SenderState state = SenderState.Create();
        Assert.Equal(0, state.Sent);
        Assert.Equal(Checksum.Empty.Value, state.SentChecksum.Value);
        Assert.False(state.IsComplete);
        Assert.False(state.InputError.IsError);
        Assert.False(state.SendError.IsError);
        Assert.False(state.ShutdownError.IsError);
    }

    [Fact]
    public void What_is_written_to_one_copy_is_read_from_the_other_each_value_by_itself()
    {
        SenderState state = SenderState.Create();
        SenderState copy = state;
        copy.Sent = long.MaxValue;
        copy.SentChecksum = Checksum.From(uint.MaxValue);
        copy.IsComplete = true;
        copy.InputError = new Errno(1);
        copy.SendError = new Errno(2);
        copy.ShutdownError = new Errno(3);
        Assert.Equal(
            (long.MaxValue, true, 1, 2, 3),
            (state.Sent, state.IsComplete, state.InputError.Number, state.SendError.Number, state.ShutdownError.Number));
        Assert.Equal(uint.MaxValue, state.SentChecksum.Value);
        copy.IsComplete = false;
        Assert.False(state.IsComplete);
        Assert.Equal(long.MaxValue, state.Sent);
    }
}
