using EchoNative.Shared;

namespace EchoNative.UnitTests;

public sealed class AdmissionPolicyTests
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 1_000_000, false)]
    [InlineData(2, 1, false)]
    [InlineData(2, 2, true)]
    [InlineData(2, 3, true)]
    public void At_the_limit_a_client_waits_or_is_refused_and_0_stands_for_any_number(int maxClients, int active, bool isFull)
    {
        AdmissionPolicy waiting = new(maxClients, maxPerPeer: 0, refusesWhenFull: false);
        Assert.Equal(isFull, waiting.IsPaused(active));
        Assert.Equal(isFull ? AdmissionDecision.Wait : AdmissionDecision.Serve, waiting.Decide(active, activeOfPeer: 0));

        AdmissionPolicy refusing = new(maxClients, maxPerPeer: 0, refusesWhenFull: true);
        Assert.False(refusing.IsPaused(active));
        Assert.Equal(isFull ? AdmissionDecision.RefuseLimit : AdmissionDecision.Serve, refusing.Decide(active, activeOfPeer: 0));
    }

    [Theory]
    [InlineData(0, 1_000_000, false)]
    [InlineData(2, 1, false)]
    [InlineData(2, 2, true)]
    [InlineData(2, 3, true)]
    public void An_address_has_a_limit_of_its_own_and_0_stands_for_any_number(int maxPerPeer, int ofPeer, bool isRefused)
    {
        AdmissionPolicy policy = new(maxClients: 10, maxPerPeer, refusesWhenFull: false);
        Assert.Equal(maxPerPeer > 0, policy.LimitsPeers);
        Assert.Equal(isRefused ? AdmissionDecision.RefusePeer : AdmissionDecision.Serve, policy.Decide(active: 9, ofPeer));

        // The limit of all clients comes first.
        Assert.Equal(AdmissionDecision.Wait, policy.Decide(active: 10, ofPeer));
    }

    [Fact]
    public void Reaching_and_leaving_the_limit_are_reported_once_each()
    {
        AdmissionPolicy policy = new(maxClients: 2, maxPerPeer: 0, refusesWhenFull: true);
        Assert.False(policy.TryTakeChange(1, now: 0, out _));
        Assert.True(policy.TryTakeChange(2, now: 0, out LimitChange change));
        Assert.Equal(new LimitChange(IsReached: true, Times: 1, Refused: 0), change);
        Assert.False(policy.TryTakeChange(2, now: 0, out _));
        Assert.True(policy.TryTakeChange(1, now: 0, out change));
        Assert.False(change.IsReached);
        Assert.False(policy.TryTakeChange(0, now: 0, out _));
        Assert.Null(policy.MillisecondsUntilReport(now: 0));
    }

    [Fact]
    public void Within_a_second_neither_is_reported_again_and_the_last_state_is_reported_after_it()
    {
        AdmissionPolicy policy = new(maxClients: 1, maxPerPeer: 0, refusesWhenFull: false);
        Assert.True(policy.TryTakeChange(1, now: 5000, out _));
        Assert.True(policy.TryTakeChange(0, now: 5100, out _));
        for (int times = 2; times <= 4; times++)
        {
            Assert.False(policy.TryTakeChange(1, now: 5200, out _));
            Assert.Equal(800, policy.MillisecondsUntilReport(now: 5200));
            Assert.False(policy.TryTakeChange(0, now: 5300, out _));
            Assert.Null(policy.MillisecondsUntilReport(now: 5300));
        }

        Assert.False(policy.TryTakeChange(1, now: 5999, out _));
        Assert.True(policy.TryTakeChange(1, now: 6000, out LimitChange change));
        Assert.Equal(new LimitChange(IsReached: true, Times: 4, Refused: 0), change);
        Assert.False(policy.TryTakeChange(0, now: 6050, out _));
        Assert.Equal(50, policy.MillisecondsUntilReport(now: 6050));
        Assert.True(policy.TryTakeChange(0, now: 6100, out change));
        Assert.False(change.IsReached);
    }

    [Fact]
    public void Refused_clients_are_counted_since_the_last_report()
    {
        AdmissionPolicy policy = new(maxClients: 1, maxPerPeer: 1, refusesWhenFull: true);
        Assert.True(policy.TryTakeChange(1, now: 0, out _));
        _ = policy.Decide(active: 1, activeOfPeer: 0);
        _ = policy.Decide(active: 1, activeOfPeer: 0);
        Assert.True(policy.TryTakeChange(0, now: 0, out LimitChange change));
        Assert.Equal(2, change.Refused);

        // A client that is refused because of its address does not count.
        Assert.Equal(AdmissionDecision.RefusePeer, policy.Decide(active: 0, activeOfPeer: 1));
        Assert.False(policy.TryTakeChange(1, now: 500, out _));
        _ = policy.Decide(active: 1, activeOfPeer: 0);
        Assert.False(policy.TryTakeChange(0, now: 600, out _));
        Assert.True(policy.TryTakeChange(1, now: 1600, out _));
        Assert.True(policy.TryTakeChange(0, now: 1600, out change));
        Assert.Equal(1, change.Refused);
    }
}
