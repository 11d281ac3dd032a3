using System;

namespace EchoNative.Options;

/// <summary>The command line is wrong. The message says why, and is shown to the user.</summary>
internal sealed class UsageException : Exception
{
    public UsageException()
    {
    }

    public UsageException(string message)
        : base(message)
    {
    }

    public UsageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
