using EchoNative.Client;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.UnitTests;

[Collection(nameof(MappingCollection))]
public sealed class TallyTests
{
    [Fact]
    public void Everything_begins_at_zero()
    {
        Tally tally = Tally.Create();
        Assert.Equal(0, tally.Sent);
        Assert.Equal(Checksum.Empty.Value, tally.SentChecksum.Value);
        Assert.False(tally.IsComplete);
        Assert.False(tally.InputError.IsError);
        Assert.False(tally.SendError.IsError);
        Assert.False(tally.ShutdownError.IsError);
    }

    [Fact]
    public void What_one_copy_is_told_the_other_knows_each_thing_for_itself()
    {
        Tally tally = Tally.Create();
        Tally copy = tally;
        copy.Sent = long.MaxValue;
        copy.SentChecksum = Checksum.From(uint.MaxValue);
        copy.IsComplete = true;
        copy.InputError = new Errno(1);
        copy.SendError = new Errno(2);
        copy.ShutdownError = new Errno(3);
        Assert.Equal(
            (long.MaxValue, true, 1, 2, 3),
            (tally.Sent, tally.IsComplete, tally.InputError.Number, tally.SendError.Number, tally.ShutdownError.Number));
        Assert.Equal(uint.MaxValue, tally.SentChecksum.Value);
        copy.IsComplete = false;
        Assert.False(tally.IsComplete);
        Assert.Equal(long.MaxValue, tally.Sent);
    }
}
