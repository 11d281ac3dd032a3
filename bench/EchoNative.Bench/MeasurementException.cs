using System;

namespace EchoNative.Bench;

/// <summary>A measurement that does not count, and why: a server that fails is fast.</summary>
internal sealed class MeasurementException : Exception
{
    public MeasurementException()
    {
    }

    public MeasurementException(string message)
        : base(message)
    {
    }

    public MeasurementException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
