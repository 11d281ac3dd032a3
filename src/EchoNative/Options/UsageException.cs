using System;

namespace EchoNative.Options;

/// <summary>The program was called wrongly. The message is the reason, for the person who called it.</summary>
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
