using EchoNative.Soak;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>The short form of <c>make restarts</c>.</summary>
[Collection(nameof(SoakTests))]
public sealed class RestartTests
{
    // Each server is restarted twice.
    private const int Restarts = 6;

    [Theory]
    [InlineData("tcp-check connect default linger", "tcp-check connect default linger")]

    // HAProxy resets the connections of its checks.
    [InlineData("tcp-check connect default linger", "tcp-check connect default")]

    // The servers together have less room than there are clients: some wait in HAProxy.
    [InlineData("maxconn 990", "maxconn 16")]
    public void Servers_that_are_restarted_behind_a_load_balancer_lose_no_session(string line, string other)
    {
        (bool isGood, string report) = RestartRun.Run(Restarts, OperatingPage.Replace(OperatingPage.Configuration, line, other));
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.True(isGood, report);
    }
}
