namespace EchoNative.Posix;

/// <summary>What accept(2) returned.</summary>
/// <param name="Outcome">What it came to.</param>
/// <param name="Socket">The connected socket, which the caller owns, where there is one.</param>
/// <param name="Peer">The client's address, where there is a connection.</param>
/// <param name="Error">Why there is none, where that is an error.</param>
public readonly record struct AcceptResult(AcceptOutcome Outcome, ConnectedSocket Socket, SocketAddress Peer, Errno Error);
