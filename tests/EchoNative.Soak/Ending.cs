namespace EchoNative.Soak;

/// <summary>How one connection of a client ended.</summary>
internal enum Ending
{
    /// <summary>Every byte came back, and then the end of file.</summary>
    Whole,

    /// <summary>The client left in the middle, as it had meant to; what had come back until then was right.</summary>
    Left,

    /// <summary>The server ended it early. The log has to say why.</summary>
    Cut,
}
