namespace EchoNative.Trace.Drawing;

/// <summary>How a step is drawn.</summary>
internal enum MarkForm
{
    /// <summary>A word in a frame.</summary>
    Word,

    /// <summary>A dot: it was in vain, or is of little interest.</summary>
    Dot,

    /// <summary>The cross at the end of a bar.</summary>
    Cross,
}
