using EchoNative.Server;

namespace EchoNative.UnitTests;

/// <summary>The exit status of a child, and what the parent reads from it.</summary>
public sealed class SessionStatusTests
{
    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, 0, 1)]
    [InlineData(false, 1, 2)]
    [InlineData(true, 2, 5)]
    public void A_session_has_an_outcome_and_a_number_of_dropped_lines(bool hasFailed, int dropped, int value)
    {
        SessionStatus status = new(new SessionStatus(hasFailed, dropped).Value);
        Assert.Equal(value, status.Value);
        Assert.Equal((hasFailed ? 1 : 0, dropped, false), (status.Outcome, status.Dropped, status.IsProbe));
    }

    [Fact]
    public void A_probe_is_no_other_session()
    {
        Assert.True(SessionStatus.Probe.IsProbe);
        Assert.Equal((8, 0), (SessionStatus.Probe.Value, SessionStatus.Probe.Outcome));
    }
}
