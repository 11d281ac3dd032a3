namespace EchoNative.Posix;

/// <summary>Which addresses are wanted; see address_families(7).</summary>
public enum IpFamily
{
    /// <summary>Those of either family.</summary>
    Any,

    /// <summary>IPv4 only; see ip(7).</summary>
    Ipv4,

    /// <summary>IPv6 only; see ipv6(7).</summary>
    Ipv6,
}
