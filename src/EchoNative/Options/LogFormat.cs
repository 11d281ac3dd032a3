namespace EchoNative.Options;

/// <summary>How events are written.</summary>
internal enum LogFormat
{
    /// <summary>In the words of the textbook.</summary>
    Text,

    /// <summary>One JSON object a line, for programs.</summary>
    Json,
}
