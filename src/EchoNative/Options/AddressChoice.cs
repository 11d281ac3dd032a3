namespace EchoNative.Options;

/// <summary>Which of a host's addresses may be used.</summary>
internal enum AddressChoice
{
    /// <summary>Any of them.</summary>
    Any,

    /// <summary>IPv4 addresses only.</summary>
    Ipv4,

    /// <summary>IPv6 addresses only.</summary>
    Ipv6,
}
