using System.Globalization;

namespace EchoNative.Shared;

/// <summary>How far a transfer has come, in words.</summary>
internal static class TransferStatus
{
    private const double NanosecondsPerSecond = 1e9;
    private const double Step = 1000;
    private const double ShownAsStep = 999.5; // without decimals
    private const string Prefixes = " kMG";

    /// <summary>
    /// For example <c>1048576 bytes sent, 1048576 received, 0.512 s, 2.05 MB/s</c>: the rate is that of what came back,
    /// in powers of 1000.
    /// </summary>
    /// <param name="sent">Bytes that the kernel has taken for the server.</param>
    /// <param name="received">Bytes that have come back.</param>
    /// <param name="nanoseconds">Since when.</param>
    public static string Tell(long sent, long received, long nanoseconds)
    {
        double seconds = nanoseconds / NanosecondsPerSecond;
        double rate = seconds > 0 ? received / seconds : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{sent} bytes sent, {received} received, {seconds:F3} s, {Rate(rate)}");
    }

    // Three digits, or what is left of them where there are no parts of a byte.
    private static string Rate(double rate)
    {
        int prefix = 0;
        while (prefix < Prefixes.Length - 1 && rate >= ShownAsStep)
        {
            rate /= Step;
            prefix++;
        }

        string decimals = (prefix, rate) switch
        {
            (0, _) or (_, >= 99.95) => "F0",
            (_, >= 9.995) => "F1",
            _ => "F2",
        };
        string unit = Prefixes[prefix..(prefix + 1)].Trim();
        return string.Create(CultureInfo.InvariantCulture, $"{rate.ToString(decimals, CultureInfo.InvariantCulture)} {unit}B/s");
    }
}
