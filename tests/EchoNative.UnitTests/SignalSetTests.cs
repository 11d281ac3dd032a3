using System.Linq;
using EchoNative.Posix;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tmds.Linux;

namespace EchoNative.UnitTests;

public sealed class SignalSetTests
{
    [Property(MaxTest = 500, Arbitrary = [typeof(Signals)])]
    public void It_holds_the_signals_it_was_made_of_and_no_other(int[] signals)
    {
        SignalSet set = Of(signals);
        for (int signal = 1; signal <= SignalSet.HighestSignal; signal++)
        {
            Assert.Equal((signal, signals.Contains(signal)), (signal, set.Contains((Signal)signal)));
        }
    }

    [Property(MaxTest = 500, Arbitrary = [typeof(Signals)])]
    public void Without_takes_away_the_signals_of_the_other_and_no_more(int[] signals, int[] others)
    {
        SignalSet set = Of(signals);
        SignalSet without = set.Without(Of(others));
        int[] expected = [.. signals.Except(others)];
        for (int signal = 1; signal <= SignalSet.HighestSignal; signal++)
        {
            Assert.Equal((signal, expected.Contains(signal)), (signal, without.Contains((Signal)signal)));
            Assert.Equal((signal, signals.Contains(signal)), (signal, set.Contains((Signal)signal)));
        }
    }

    [Property(MaxTest = 500, Arbitrary = [typeof(Signals)])]
    public unsafe void The_kernel_finds_each_signal_at_its_bit(int[] signals)
    {
        // The kernel's set is 64 bits, signal N at bit N - 1.
        sigset_t value = Of(signals).Value;
        ulong expected = signals.Aggregate(0UL, (bits, signal) => bits | (1UL << (signal - 1)));
        Assert.Equal(expected, *(ulong*)&value);

        SignalSet copy = SignalSet.FromMask(&value);
        Assert.All(signals, signal => Assert.True(copy.Contains((Signal)signal)));
    }

    [Fact]
    public void What_is_no_signal_is_in_no_set()
    {
        SignalSet set = SignalSet.Of(Signal.None, (Signal)(-1), (Signal)(SignalSet.HighestSignal + 1));
        Assert.False(set.Contains(Signal.None));
        Assert.False(set.Contains((Signal)(-1)));
        Assert.False(set.Contains((Signal)(SignalSet.HighestSignal + 1)));
    }

    private static SignalSet Of(int[] signals) => SignalSet.Of([.. signals.Select(signal => (Signal)signal)]);

    /// <summary>Makes signal numbers, without the two that the C library keeps for itself and takes from no one.</summary>
    internal static class Signals
    {
        public static Arbitrary<int[]> Numbers() => Arb.From(
            Gen.Choose(1, SignalSet.HighestSignal).Where(signal => signal is not 32 and not 33).ArrayOf());
    }
}
