using System;
using System.Diagnostics.CodeAnalysis;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>
/// The child: sends standard input until the quit line or the end of file, then half-closes. It says
/// nothing itself: what goes wrong is left in the tally, and the parent tells it.
/// </summary>
internal readonly ref struct Sender
{
    /// <summary>The child's copy of the connected descriptor.</summary>
    public required ConnectedSocket Server { get; init; }

    /// <summary>The process that receives.</summary>
    public required int ParentId { get; init; }

    /// <summary>Whether the quit line is data.</summary>
    public required bool Raw { get; init; }

    /// <summary>Whether the tally gets a checksum of what was sent.</summary>
    public required bool Verify { get; init; }

    /// <summary>The signal mask for a process that has no handlers.</summary>
    public required SignalSet Mask { get; init; }

    /// <summary>Where what is read waits to be sent.</summary>
    public required Span<byte> Buffer { get; init; }

    /// <summary>What the parent gets to know.</summary>
    public required Tally Tally { get; init; }

    /// <summary>Sends everything and ends the process.</summary>
    [DoesNotReturn]
    public void Run()
    {
        // The receiver writes there; a copy kept here would hold a pipeline open after the receiver's end.
        StandardStream.Output.Close();
        SignalHandler.Default(Signal.Child);
        SignalMask.Set(Mask);
        bool complete = CurrentProcess.TryEndWithParent(ParentId) && SendAll();

        // The half-close: "no more" for the server, while the parent goes on receiving.
        Errno error = Server.ShutdownWrite();
        if (complete && error.IsError)
        {
            Tally tally = Tally;
            tally.ShutdownError = error;
            complete = false;
        }

        Server.Close();
        CurrentProcess.Exit(complete ? ExitStatus.Done : ExitStatus.Failed);
    }

    /// <summary>Sends until there is no more to send.</summary>
    /// <returns>Whether all of it was read and sent.</returns>
    private bool SendAll()
    {
        Tally tally = Tally;
        bool atLineStart = true;
        int kept = 0; // bytes at the start of the buffer that may become the quit line
        while (true)
        {
            IoResult read = StandardStream.Input.Read(Buffer[kept..]);
            if (read.Failed)
            {
                tally.InputError = read.Error;
                tally.IsComplete = true;
                return false;
            }

            ReadOnlySpan<byte> input = Buffer[..(kept + read.Count)];
            (int length, bool quit) = Raw ? (input.Length, false) : QuitLine.Find(input, atLineStart, read.IsEndOfFile);
            if (!TrySend(input[..length]))
            {
                return false;
            }

            if (quit || read.IsEndOfFile)
            {
                // Told before it is done: an end of file that follows is the answer to it.
                tally.IsComplete = true;
                return true;
            }

            kept = input.Length - length;
            if (kept > 0)
            {
                Buffer[0] = input[length];
            }

            atLineStart = kept > 0 || input[length - 1] == (byte)'\n';
        }
    }

    private bool TrySend(ReadOnlySpan<byte> bytes)
    {
        Tally tally = Tally;
        tally.IsSending = true;
        IoResult sent = Server.WriteAll(bytes);
        tally.Sent += sent.Count;
        tally.SendError = sent.Error;
        if (Verify)
        {
            tally.SentChecksum = tally.SentChecksum.With(bytes[..sent.Count]);
        }

        tally.IsSending = false;
        return !sent.Failed;
    }
}
