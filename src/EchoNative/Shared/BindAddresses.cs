using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace EchoNative.Shared;

/// <summary>Reads an IPv4 or IPv6 literal.</summary>
internal delegate bool LiteralReader<T>(string text, [NotNullWhen(true)] out T? address);

/// <summary>The addresses that the values of --bind mean.</summary>
internal static class BindAddresses
{
    private static readonly string[] s_loopback = ["127.0.0.1", "::1"];

    /// <summary>Reads the values. <c>localhost</c> means the loopback addresses of both families.</summary>
    /// <param name="values">The values.</param>
    /// <param name="tryRead">Reads a literal.</param>
    /// <param name="isUsable">Whether the machine has this loopback address. If it has none, both are returned.</param>
    /// <param name="refusal">
    /// Makes the exception that is thrown if a value is neither a literal nor localhost, or an address is given twice.
    /// </param>
    public static T[] Read<T>(
        IReadOnlyList<string> values, LiteralReader<T> tryRead, Predicate<T> isUsable, Func<string, Exception> refusal)
        where T : notnull
    {
        List<T> addresses = [];
        foreach (string value in values)
        {
            foreach (T address in ReadOne(value, tryRead, isUsable, refusal))
            {
                string text = address.ToString()!;
                if (addresses.Exists(earlier => earlier.ToString() == text))
                {
                    throw refusal($"address '{value}' is given twice{Explain(values)}");
                }

                addresses.Add(address);
            }
        }

        return [.. addresses];
    }

    private static T[] ReadOne<T>(
        string value, LiteralReader<T> tryRead, Predicate<T> isUsable, Func<string, Exception> refusal)
        where T : notnull
    {
        string[] texts = IsLocalhost(value) ? s_loopback : [value];
        T[] addresses = Array.ConvertAll(texts, text => tryRead(text, out T? address)
            ? address
            : throw refusal($"address '{text}' is not an IPv4 or IPv6 address"));
        T[] usable = addresses.Length > 1 ? Array.FindAll(addresses, isUsable) : addresses;
        return usable.Length > 0 ? usable : addresses;
    }

    private static bool IsLocalhost(string value) => value.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static string Explain(IReadOnlyList<string> values)
    {
        foreach (string value in values)
        {
            if (IsLocalhost(value))
            {
                return ": localhost is 127.0.0.1 and ::1";
            }
        }

        return "";
    }
}
