using System;
using System.Diagnostics.CodeAnalysis;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>
/// The child: sends standard input until the quit line or the end of file, then half-closes. It writes no message: it stores
/// what went wrong in <see cref="SenderState"/>, and the parent reports it.
/// </summary>
internal readonly ref struct Sender
{
    /// <summary>The child's copy of the connected descriptor, which the child closes.</summary>
    public required ConnectedSocket Server { get; init; }

    /// <summary>The process that receives.</summary>
    public required int ParentId { get; init; }

    /// <summary>Whether the quit line is data.</summary>
    public required bool Raw { get; init; }

    /// <summary>Whether to compute a checksum of what was sent.</summary>
    public required bool Verify { get; init; }

    /// <summary>The signal mask for a process that has no handlers.</summary>
    public required SignalSet Mask { get; init; }

    /// <summary>A buffer for input, outside the heap.</summary>
    public required Span<byte> Buffer { get; init; }

    /// <summary>The page for the parent to read.</summary>
    public required SenderState State { get; init; }

    /// <summary>Sends everything and ends the process.</summary>
    [DoesNotReturn]
    public void Run()
    {
        // Only the receiver writes to standard output. A copy here would keep a pipeline open after the receiver's end.
        StandardStream.Output.Close();
        SignalHandler.Default(Signal.Child);
        SignalMask.Set(Mask);
        bool complete = CurrentProcess.TrySetParentDeathSignal(ParentId) && SendAll();

        // The half-close tells the server that no more bytes follow. The parent continues to receive.
        Errno error = Server.ShutdownWrite();
        if (complete && error.IsError)
        {
            SenderState state = State;
            state.ShutdownError = error;
            complete = false;
        }

        Server.Close();
        CurrentProcess.Exit(complete ? ExitStatus.Done : ExitStatus.Failed);
    }

    /// <summary>Sends until the quit line, the end of file or an error.</summary>
    /// <returns>Whether all input was read and sent.</returns>
    private bool SendAll()
    {
        SenderState state = State;
        QuitLineCutter input = new(Buffer, Raw);
        while (!input.IsAtEnd)
        {
            IoResult read = StandardStream.Input.Read(input.Room);
            if (read.Failed)
            {
                state.InputError = read.Error;
                state.IsComplete = true;
                return false;
            }

            if (!TrySend(input.Take(read.Count)))
            {
                return false;
            }
        }

        // Before the half-close: the server's end of file may follow at once, and must not count as too early.
        state.IsComplete = true;
        return true;
    }

    private bool TrySend(ReadOnlySpan<byte> bytes)
    {
        SenderState state = State;
        state.IsSending = true;
        IoResult sent = Server.WriteAll(bytes);
        state.Sent += sent.Count;
        state.SendError = sent.Error;
        if (Verify)
        {
            state.SentChecksum = state.SentChecksum.With(bytes[..sent.Count]);
        }

        state.IsSending = false;
        return !sent.Failed;
    }
}
