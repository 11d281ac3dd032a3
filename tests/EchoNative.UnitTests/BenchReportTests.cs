using System.Linq;
using System.Text.Json;
using EchoNative.Bench;
using EchoNative.Options;

namespace EchoNative.UnitTests;

public sealed class BenchReportTests
{
    [Theory]
    [InlineData(0, 1, "0.0")]
    [InlineData(0.04, 1, "0.0")]
    [InlineData(0.05, 2, "0.05")]
    [InlineData(6163.24, 1, "6163.2")]
    [InlineData(2.003, 3, "2.003")]
    [InlineData(2.9996, 3, "3.000")]
    [InlineData(12_345_678_901.26, 1, "12345678901.3")]
    public void A_number_has_the_decimals_asked_for(double number, int decimals, string text) =>
        Assert.Equal(text, Report.Decimal(number, decimals));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("a\"b\\c")]
    [InlineData("tab\there\u0001")]
    [InlineData("m\u00fcnchen.example")]
    public void A_host_is_quoted_as_valid_JSON(string host) =>
        Assert.Equal(host, JsonSerializer.Deserialize<string>(Report.Quote(host)));

    [Fact]
    public void The_JSON_is_one_line_with_these_members_in_this_order()
    {
        string json = Report.ToJson(Result(BenchMode.Connect));
        Assert.Equal(
            "{\"mode\":\"connect\",\"host\":\"127.0.0.1\",\"port\":9190,\"connections\":1,\"size\":5,\"seconds\":2.000,"
                + "\"operations\":12345,\"rate\":6172.5,\"bytes\":61725,\"bytes_per_second\":30862.5,\"errors\":0,\"held\":0,"
                + "\"p50_us\":150.27,\"p999_us\":999.00,\"max_us\":1000.50}\n",
            json);
    }

    [Fact]
    public void The_rate_of_a_stream_is_in_bytes()
    {
        using JsonDocument json = JsonDocument.Parse(Report.ToJson(Result(BenchMode.Stream)));
        Assert.Equal(30862.5, json.RootElement.GetProperty("rate").GetDouble());
        Assert.Equal(["rate", "bytes", "errors"], Names(BenchMode.Stream));
        Assert.Contains("30862.5 bytes/s", Report.ToText(Result(BenchMode.Stream)), System.StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_has_aligned_lines()
    {
        Assert.Equal(["rate", "p50", "p99.9", "max", "bytes", "errors"], Names(BenchMode.Connect));
        Assert.Equal(["rate", "p50", "p99.9", "max", "bytes", "held", "errors"], Names(BenchMode.Hold));
        string[] lines = Report.ToText(Result(BenchMode.Connect)).Split('\n');
        Assert.Equal("rate              6172.5 /s", lines[0]);
        Assert.Equal("p50                150.3 us", lines[1]);
        Assert.Equal("errors                 0", lines[5]);
    }

    private static string[] Names(BenchMode mode) =>
        [.. Report.ToText(Result(mode)).Split('\n').SkipLast(1).Select(line => line.Split(' ')[0])];

    private static BenchResult Result(BenchMode mode) => new()
    {
        Options = new BenchOptions { Mode = mode, Host = "127.0.0.1", Port = 9190 },
        Seconds = 2,
        Operations = 12345,
        Bytes = 61725,
        Errors = 0,
        Held = 0,
        Latencies = [("p50", 150.27), ("p99.9", 999), ("max", 1000.5)],
    };
}
