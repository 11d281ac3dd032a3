namespace EchoNative.Soak;

/// <summary>One connection of a client.</summary>
/// <param name="Peer">The client's address, as the server shows it. No two are the same.</param>
/// <param name="Ending">How it ended.</param>
/// <param name="Bytes">How many bytes came back and were compared.</param>
internal sealed record Connection(string Peer, Ending Ending, long Bytes);
